//! `serve`: the pages in a browser. Recordings come from this machine and are heard on it; nothing is kept when it ends.

mod arrival;
mod guard;
mod lines;
mod refusal;
mod routes;
mod shelf;
mod work;

use std::future::{Future, IntoFuture};
use std::io::{self, Write, stdout};
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::sleep;
use violin_emotion::{Error, Result as Told};

use super::{Failure, Outcome};
use crate::args::ServeArguments;
use crate::interrupt;
use guard::Guard;
use work::Server;

/// How often Ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(50);
/// What is under way after Ctrl-C has so long to end in order, seconds: a stage that cannot be stopped is left then.
const GRACE: Duration = Duration::from_secs(3);

pub fn run(arguments: &ServeArguments) -> Result<Outcome, Failure> {
    let model = super::model(arguments.model.as_deref())?;
    let cannot = |source| Error::file("create a folder in", &std::env::temp_dir(), source);
    let mut folder = tempfile::Builder::new();
    folder.prefix("violin-emotion-");
    // Recordings are nobody else's on a computer that several people use.
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = folder.tempdir().map_err(cannot)?;
    // Whoever hears a recording may outlive this function; the model lives as long as the program.
    let server = Arc::new(Server::new(Box::leak(Box::new(model)), folder.path())?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(serve(server, arguments.port));
    runtime.shutdown_timeout(GRACE);
    away(folder);
    served.map(|()| Outcome::Complete)
}

/// Answers until Ctrl-C.
async fn serve(server: Arc<Server>, port: u16) -> Result<(), Failure> {
    let listener = listen(port).await?;
    let address = listener.local_addr()?;
    writeln!(stdout(), "http://{address}/")?;
    eprintln!("open this address in a browser on this computer; Ctrl-C ends the program");
    let router = routes::routes(server, Guard::new(address.port()));
    let served = pin!(axum::serve(listener, router).with_graceful_shutdown(asked()).into_future());
    match select(served, pin!(after(asked(), GRACE))).await {
        Either::Left((result, _)) => Ok(result?),
        Either::Right(_) => Ok(()),
    }
}

/// On the loopback interface alone.
async fn listen(port: u16) -> Told<TcpListener> {
    let taken = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => {
            let hint = "perhaps another `serve`: choose a port with --port N, or any that is free with --port 0";
            Error::data(format!("port {port} of 127.0.0.1 to be free"), "another program on it", hint)
        }
        _ => Error::data(format!("port {port} of 127.0.0.1"), source.to_string(), "choose another with --port N"),
    };
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)
}

async fn asked() {
    while !interrupt::asked() {
        sleep(LOOK).await;
    }
}

async fn after(event: impl Future, grace: Duration) {
    event.await;
    sleep(grace).await;
}

/// Removes all that was brought and made.
fn away(folder: TempDir) {
    let path = folder.path().to_path_buf();
    if let Err(error) = folder.close() {
        eprintln!("warning: {} could not be removed: {error}", path.display());
    }
}
