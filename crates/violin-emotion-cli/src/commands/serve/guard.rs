//! Who may ask: pages of this server in a browser of this machine, and programs that say they know whom they ask.
//!
//! Any page in the same browser can send something to 127.0.0.1, and a name can be made to point there. So a request must name this
//! server as its host, and whatever changes something must say that it comes from a page of this server.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What every answer says to the browser. Pages have a stricter policy of their own in addition.
const SAID: [(HeaderName, HeaderValue); 5] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'self'")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
];

/// Knows by which names this server is asked.
#[derive(Clone)]
pub struct Guard {
    hosts: [String; 2],
}

impl Guard {
    pub fn new(port: u16) -> Self {
        // Browsers leave out the usual port.
        let named = |host: &str| if port == 80 { host.into() } else { format!("{host}:{port}") };
        Guard { hosts: ["127.0.0.1", "localhost"].map(named) }
    }

    fn is_ours(&self, host: &str) -> bool {
        self.hosts.iter().any(|ours| host.eq_ignore_ascii_case(ours))
    }

    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let named = uri.authority().is_none_or(|authority| self.is_ours(authority.as_str()));
        if !host.is_some_and(|host| self.is_ours(host)) || hosts.next().is_some() || !named {
            let hint = format!("open http://{}/", self.hosts[0]);
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, "this server is asked by another name", hint));
        }
        let foreign = || {
            let hint = format!("open http://{}/ and bring recordings there", self.hosts[0]);
            Err(Refusal::new(StatusCode::FORBIDDEN, "this was not asked by a page of this server", hint))
        };
        let ours = |origin: &HeaderValue| {
            let host = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
            host.is_some_and(|host| self.is_ours(host))
        };
        let origins: Vec<&HeaderValue> = headers.get_all(ORIGIN).iter().collect();
        let same_site = || headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
        match &origins[..] {
            [] if method.is_safe() || same_site() => Ok(()),
            [origin] if ours(origin) => Ok(()),
            _ => foreign(),
        }
    }
}

/// Lets a request through or not, and says to the browser what it may do with the answer.
pub async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    SAID.into_iter().for_each(|(name, value)| _ = response.headers_mut().insert(name, value));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, uri: &str, headers: &[(HeaderName, &str)]) -> u16 {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a value")));
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| _ = map.append(name, value));
        match Guard::new(7440).check(&method, &uri.parse().expect("an address"), &map) {
            Ok(()) => 200,
            Err(refusal) => refusal.status().as_u16(),
        }
    }

    #[test]
    fn a_request_names_this_server_once() {
        for (hosts, status) in [
            (&["127.0.0.1:7440"][..], 200),
            (&["LocalHost:7440"], 200),
            (&[], 421),
            (&["127.0.0.1"], 421),
            (&["127.0.0.1:7441"], 421),
            (&["127.0.0.1:7440.evil.example"], 421),
            (&["evil.example:7440"], 421),
            (&["127.0.0.1:7440", "evil.example"], 421),
        ] {
            let headers: Vec<(HeaderName, &str)> = hosts.iter().map(|host| (HOST, *host)).collect();
            assert_eq!(asked(Method::GET, "/", &headers), status, "{hosts:?}");
        }
        assert_eq!(asked(Method::GET, "http://evil.example/", &[(HOST, "127.0.0.1:7440")]), 421);
    }

    #[test]
    fn what_changes_something_comes_from_a_page_of_this_server() {
        let host = (HOST, "127.0.0.1:7440");
        for (method, header, status) in [
            (Method::POST, None, 403),
            (Method::POST, Some((ORIGIN, "http://127.0.0.1:7440")), 200),
            (Method::POST, Some((ORIGIN, "http://localhost:7440")), 200),
            (Method::POST, Some((ORIGIN, "https://127.0.0.1:7440")), 403),
            (Method::POST, Some((ORIGIN, "http://127.0.0.1:7441")), 403),
            (Method::POST, Some((ORIGIN, "http://evil.example")), 403),
            (Method::POST, Some((ORIGIN, "null")), 403),
            (Method::POST, Some((SEC_FETCH_SITE, "same-origin")), 200),
            (Method::POST, Some((SEC_FETCH_SITE, "same-site")), 403),
            (Method::GET, None, 200),
            (Method::GET, Some((ORIGIN, "http://evil.example")), 403),
        ] {
            let headers: Vec<(HeaderName, &str)> = [Some(host.clone()), header.clone()].into_iter().flatten().collect();
            assert_eq!(asked(method.clone(), "/", &headers), status, "{method} {header:?}");
        }
    }
}
