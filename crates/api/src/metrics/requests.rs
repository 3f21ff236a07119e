//! Requests, counted where every request passes.

use std::time::Duration;

use http::Method;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tenon_model::sabotage::{self, Saboteur};

/// From a look-up in memory to the deadline, in seconds.
const BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

type Label = (&'static str, String);

/// Requests by method, route template and status, and how long their answers took to begin.
#[derive(Debug)]
pub(crate) struct Requests {
    count: Family<[Label; 3], Counter>,
    seconds: Family<[Label; 2], Histogram>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            count: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }
}

impl Requests {
    /// Takes note of an answered request. `route` is a template, never an address.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let method = if sabotage::on(Saboteur::LabelFromClient) {
            ("method", method.to_string())
        } else {
            ("method", known(method).to_owned())
        };
        let route = ("route", route.to_owned());
        self.seconds
            .get_or_create(&[method.clone(), route.clone()])
            .observe(took.as_secs_f64());
        let status = ("status", status.to_string());
        self.count.get_or_create(&[method, route, status]).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests answered, by method, route template and status",
            self.count.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time until an answer began, by method and route template",
            Unit::Seconds,
            self.seconds.clone(),
        );
    }
}

/// Clients may send any word as a method; each would be a series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
