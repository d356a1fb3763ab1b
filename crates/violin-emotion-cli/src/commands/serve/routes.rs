//! What can be asked, and what answers.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::unfold;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use violin_emotion::report::page::Studio;

use super::arrival::receive;
use super::guard::{Guard, guarded};
use super::lines::Reader;
use super::refusal::Refusal;
use super::shelf::MOST_PAGES;
use super::work::Server;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
/// Files are read and sent in pieces of so many bytes.
const PIECE: usize = 1 << 16;

type Hall = State<Arc<Server>>;

pub fn routes(server: Arc<Server>, guard: Guard) -> Router {
    Router::new()
        .route("/", get(studio))
        .route("/recorder.js", get(async || typed(SCRIPT, Studio::RECORDER)))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
        .route("/recordings/{name}", post(hear))
        .route("/comparisons/{first}/{second}", post(compare))
        .route("/pages/{id}", get(page))
        .route("/pages/{id}/analysis.json", get(analysis))
        .fallback(async || no_address(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || no_address(StatusCode::METHOD_NOT_ALLOWED))
        .with_state(server)
        .layer(from_fn_with_state(guard, guarded))
}

async fn studio(State(server): Hall) -> Response {
    typed(HTML, Studio::of(server.model()).html())
}

/// A recording's bytes come in, and lines about it go out: how far it has come, then its answer.
async fn hear(
    State(server): Hall,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Reader, Refusal> {
    let Path(name) = name.map_err(|_| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "the recording's name is no text",
            "send its name in UTF-8, per cent encoded",
        )
    })?;
    let claimed = request.headers().get(CONTENT_LENGTH).and_then(|bytes| bytes.to_str().ok()?.parse().ok());
    let most = server.model().config().audio.max_bytes;
    let place = server.place().await;
    let arrived = receive(request.into_body(), claimed, most, server.shelf.folder()).await?;
    Ok(server.hear(name, arrived, place))
}

async fn compare(State(server): Hall, Path((first, second)): Path<(String, String)>) -> Result<Reader, Refusal> {
    let take = |id: &str| server.shelf.find(id).filter(|kept| kept.name.is_some()).ok_or_else(nothing_here);
    let (first, second) = (take(&first)?, take(&second)?);
    Ok(server.compare(first, second))
}

async fn page(State(server): Hall, Path(id): Path<String>) -> Result<Response, Refusal> {
    let kept = server.shelf.find(&id).ok_or_else(nothing_here)?;
    file(HTML, kept.page()).await
}

async fn analysis(State(server): Hall, Path(id): Path<String>) -> Result<Response, Refusal> {
    let kept = server.shelf.find(&id).ok_or_else(nothing_here)?;
    file(JSON, kept.analysis()).await
}

/// A file, piece by piece.
async fn file(kind: &'static str, path: PathBuf) -> Result<Response, Refusal> {
    let file = File::open(path).await.map_err(|_| nothing_here())?;
    let next = async |mut file: File| {
        let mut piece = Vec::with_capacity(PIECE);
        match (&mut file).take(PIECE as u64).read_to_end(&mut piece).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(Bytes::from(piece)), file)),
            Err(error) => Some((Err(error), file)),
        }
    };
    Ok(typed(kind, Body::from_stream(unfold(file, next))))
}

fn typed(kind: &'static str, body: impl IntoResponse) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}

fn no_address(status: StatusCode) -> Refusal {
    Refusal::new(status, "nothing is asked for in this way", "docs/analysis-json.md says what can be asked")
}

fn nothing_here() -> Refusal {
    let hint = format!("the newest {MOST_PAGES} pages are kept, fewer of long recordings; bring the recording again");
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing here, or nothing any more", hint)
}
