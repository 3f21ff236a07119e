//! Quota units, counted over the last sixty seconds of the sandbox's clock.

use std::collections::VecDeque;

use crate::config::QuotaProfile;
use crate::gmail::methods::Op;
use crate::wire::errors::ApiError;

/// Units a project may use a minute.
const PROJECT: u64 = 1_200_000;
/// Calls of one user that may run at the same time.
const PARALLEL: u32 = 20;

/// Units by second, for one minute.
#[derive(Debug, Default)]
struct Window {
    seconds: VecDeque<(i64, u64)>,
    sum: u64,
}

impl Window {
    fn forget(&mut self, now: i64) {
        while let Some((second, units)) = self.seconds.front().copied() {
            if now - second < 60 {
                break;
            }
            self.sum -= units;
            self.seconds.pop_front();
        }
    }

    fn add(&mut self, now: i64, units: u64) {
        match self.seconds.back_mut() {
            Some((second, sum)) if *second >= now => *sum += units,
            _ => self.seconds.push_back((now, units)),
        }
        self.sum += units;
    }
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Quota {
    profile: QuotaProfile,
    users: Vec<Window>,
    running: Vec<u32>,
    project: Window,
    drive: Vec<Window>,
}

impl Quota {
    pub(crate) fn new(profile: QuotaProfile, users: usize) -> Self {
        Self {
            profile,
            users: (0..users).map(|_| Window::default()).collect(),
            running: vec![0; users],
            project: Window::default(),
            drive: (0..users).map(|_| Window::default()).collect(),
        }
    }

    pub(crate) fn on(&self) -> bool {
        self.profile != QuotaProfile::Off
    }

    /// What a method costs. Without quota the older projects' table is what the log shows.
    pub(crate) fn units(&self, op: Op) -> u32 {
        let (new, old) = op.units();
        if self.profile == QuotaProfile::Y2026 {
            new
        } else {
            old
        }
    }

    /// Takes units, or says which limit is reached. What is refused costs nothing.
    pub(crate) fn charge(&mut self, user: usize, units: u32, now: i64) -> Result<(), ApiError> {
        let limit = match self.profile {
            QuotaProfile::Off => return Ok(()),
            QuotaProfile::Y2026 => 6_000,
            QuotaProfile::Legacy => 15_000,
        };
        let units = u64::from(units);
        let Some(window) = self.users.get_mut(user) else {
            return Ok(());
        };
        window.forget(now);
        if window.sum + units > limit {
            return Err(ApiError::out_of_units("Queries per minute per user"));
        }
        self.project.forget(now);
        if self.project.sum + units > PROJECT {
            return Err(ApiError::out_of_units("Queries per minute"));
        }
        window.add(now, units);
        self.project.add(now, units);
        Ok(())
    }

    /// Counts a call of Drive, which has a limit of its own: calls a minute and user (fault D6).
    pub(crate) fn charge_drive(&mut self, user: usize, now: i64) -> Result<(), ApiError> {
        const DRIVE: u64 = 12_000;
        let on = self.on();
        let Some(window) = self.drive.get_mut(user).filter(|_| on) else {
            return Ok(());
        };
        window.forget(now);
        if window.sum >= DRIVE {
            let reason = "userRateLimitExceeded";
            let text = "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota.";
            return Err(ApiError::new(403, reason, "PERMISSION_DENIED", text).domain("usageLimits"));
        }
        window.add(now, 1);
        Ok(())
    }

    /// Notes that a request of a user begins; too many at once are refused (fault G11).
    pub(crate) fn begin(&mut self, user: usize) -> Result<(), ApiError> {
        match self.running.get_mut(user) {
            Some(running) if *running >= PARALLEL => Err(ApiError::too_many_concurrent()),
            Some(running) => {
                *running += 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn end(&mut self, user: usize) {
        if let Some(running) = self.running.get_mut(user) {
            *running = running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_what_it_may_and_slides() {
        let mut quota = Quota::new(QuotaProfile::Y2026, 2);
        for _ in 0..300 {
            quota.charge(0, 20, 1000).unwrap();
        }
        let refused = quota.charge(0, 1, 1059).unwrap_err();
        assert_eq!(
            (refused.code, refused.reason, refused.domain),
            (403, "rateLimitExceeded", "usageLimits")
        ); // G12
        assert!(
            quota.charge(1, 20, 1059).is_ok(),
            "another user has their own window"
        );
        assert!(quota.charge(0, 20, 1060).is_ok());
    }

    #[test]
    fn off_means_off_but_prices_stand() {
        let mut quota = Quota::new(QuotaProfile::Off, 1);
        assert!((0..10_000).all(|_| quota.charge(0, 100, 0).is_ok()));
        assert_eq!(quota.units(Op::MessagesGet), 5);
        assert_eq!(
            Quota::new(QuotaProfile::Y2026, 1).units(Op::MessagesGet),
            20
        );
    }
}
