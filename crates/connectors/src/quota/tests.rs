use super::bucket::{Bucket, Project, Start};
use super::*;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

/// One account under a virtual clock: the time goes from event to event.
struct Simulation {
    settings: QuotaSettings,
    bucket: Bucket,
    project: Project,
    now: Duration,
    /// Calls in flight: when the provider counts them, when their answer comes, units, who.
    flying: Vec<(Duration, Duration, u32, Priority)>,
    /// What the provider counted: when, and how many units.
    counted: Vec<(Duration, u32)>,
}

impl Simulation {
    fn new(settings: QuotaSettings) -> Self {
        Self {
            bucket: Bucket::new(&settings, Duration::ZERO),
            project: Project::new(settings.units_per_minute_project),
            settings,
            now: Duration::ZERO,
            flying: Vec::new(),
            counted: Vec::new(),
        }
    }

    fn land(&mut self) {
        let now = self.now;
        let landed = self
            .flying
            .extract_if(.., |f| f.1 <= now)
            .collect::<Vec<_>>();
        for (_, at, units, priority) in landed {
            self.bucket.finish(at, units, priority);
            self.project.finish(at, units);
        }
    }

    /// Asks; `latency` is (until the provider counts, until the answer).
    fn ask(&mut self, priority: Priority, costs: &[u32], latency: (Duration, Duration)) -> Start {
        let start = self
            .bucket
            .start(self.now, priority, costs, &self.settings, &mut self.project);
        if let Start::Go { units, .. } = start {
            let counted = self.now + latency.0;
            self.counted.push((counted, units));
            self.flying
                .push((counted, counted + latency.1, units, priority));
        }
        start
    }

    fn worst_minute(&mut self) -> u32 {
        self.counted.sort_unstable();
        let mut worst = 0;
        let (mut first, mut sum) = (0, 0);
        for i in 0..self.counted.len() {
            sum += self.counted[i].1;
            while self.counted[first].0 + 60 * SECOND <= self.counted[i].0 {
                sum -= self.counted[first].1;
                first += 1;
            }
            worst = worst.max(sum);
        }
        worst
    }

    fn used_between(&self, from: Duration, to: Duration) -> u32 {
        self.counted
            .iter()
            .filter(|c| c.0 >= from && c.0 < to)
            .map(|c| c.1)
            .sum()
    }
}

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// No 60 seconds hold more than the limit, however calls and latencies fall; with work waiting
    /// all the time, at least 95 % of the limit is used; and people who stay within the reserve do not
    /// wait.
    #[test]
    fn the_limit_holds_is_used_up_and_people_go_first(
        limit in prop_oneof![Just(6_000u32), Just(15_000), 2_000u32..40_000],
        cost in prop_oneof![Just(20u32), Just(5), Just(40)],
        slow in 20u64..900,
        clicks_every in 1_500u64..9_000,
        seed in any::<u64>(),
    ) {
        let settings = QuotaSettings { units_per_minute_user: Some(limit), ..QuotaSettings::y2026() };
        // What a click takes is taken from the reserve until the provider has counted it and a minute
        // has passed.
        let within_reserve = (60_000 + 2 * slow) * 20 / u64::from(settings.reserve()) + 1;
        let clicks_every = clicks_every.max(within_reserve);
        let mut s = Simulation::new(settings);
        let mut seed = seed;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let end = 300 * SECOND;
        let batch = vec![cost; 100];
        let mut next_click = millis(500);
        let mut waited_most = Duration::ZERO;
        let mut clicks = 0;
        while s.now < end {
            s.land();
            let latency = |r: &mut dyn FnMut(u64) -> u64| (millis(r(slow)), millis(r(slow)));
            if s.now >= next_click {
                match s.ask(Priority::Interactive, &[20], latency(&mut random)) {
                    Start::Go { .. } => {
                        waited_most = waited_most.max(s.now.checked_sub(next_click).unwrap());
                        clicks += 1;
                        next_click += millis(clicks_every);
                    }
                    _ => s.bucket.people_waiting = 1,
                }
                if s.now < next_click {
                    s.bucket.people_waiting = 0;
                }
            }
            for _ in 0..4 {
                if !matches!(s.ask(Priority::Background, &batch, latency(&mut random)), Start::Go { .. }) {
                    break;
                }
            }
            s.now += millis(10);
        }
        let worst = s.worst_minute();
        prop_assert!(worst <= limit, "{worst} of {limit} in one minute");
        // The first minute starts with an empty purse of time; after it, all is steady.
        let used = f64::from(s.used_between(60 * SECOND, end)) / (f64::from(limit) * 4.0);
        prop_assert!(used >= 0.95, "{used} of the limit used");
        prop_assert!(clicks > 20);
        prop_assert!(waited_most <= millis(20), "a person waited {waited_most:?}");
    }

    /// The deployment's limit holds over all accounts together.
    #[test]
    fn the_projects_limit_holds(accounts in 2usize..6, limit in 3_000u32..12_000) {
        let settings = QuotaSettings { units_per_minute_project: Some(limit), ..QuotaSettings::y2026() };
        let mut project = Project::new(Some(limit));
        let mut buckets: Vec<_> = (0..accounts).map(|_| Bucket::new(&settings, Duration::ZERO)).collect();
        let mut counted = Vec::new();
        for step in 0..20_000u64 {
            let now = millis(step * 10);
            let bucket = &mut buckets[step as usize % accounts];
            if let Start::Go { units, .. } = bucket.start(now, Priority::Background, &[20; 25], &settings, &mut project) {
                counted.push((now, units));
                bucket.finish(now, units, Priority::Background);
                project.finish(now, units);
            }
        }
        for (at, _) in &counted {
            let sum: u32 = counted.iter().filter(|c| c.0 >= *at && c.0 < *at + 60 * SECOND).map(|c| c.1).sum();
            prop_assert!(sum <= limit, "{sum}");
        }
    }
}

#[test]
fn a_burst_of_clicks_is_served_from_the_reserve_at_once() {
    let mut s = Simulation::new(QuotaSettings::y2026());
    // A backfill has been running for two minutes.
    while s.now < 120 * SECOND {
        s.land();
        while matches!(
            s.ask(Priority::Background, &[20; 25], (millis(5), millis(50))),
            Start::Go { .. }
        ) {}
        s.now += millis(10);
    }
    for _ in 0..4 {
        let start = s.ask(Priority::Interactive, &[20], (millis(5), millis(50)));
        assert!(matches!(start, Start::Go { .. }), "{start:?}");
    }
}

#[test]
fn g11_the_gate_halves_and_recovers_slowly() {
    let settings = QuotaSettings {
        batch_start: 50,
        ..QuotaSettings::unlimited()
    };
    let mut b = Bucket::new(&settings, Duration::ZERO);
    assert_eq!(
        (b.snapshot(Duration::ZERO, &settings).concurrency, b.batch),
        (4, 50)
    );
    for _ in 0..10 {
        // Ten parts of one batch are one hit.
        assert!(matches!(
            b.refused(SECOND, Time(0), Throttle::Concurrent),
            Reaction::Slow(_)
        ));
    }
    assert_eq!(
        (b.snapshot(SECOND, &settings).concurrency, b.batch),
        (2, 25)
    );
    b.refused(10 * SECOND, Time(0), Throttle::Concurrent);
    assert_eq!(
        (b.snapshot(10 * SECOND, &settings).concurrency, b.batch),
        (1, 12)
    );
    assert_eq!(b.snapshot(69 * SECOND, &settings).concurrency, 1);
    assert_eq!(b.snapshot(70 * SECOND, &settings).concurrency, 2);
    assert_eq!(b.snapshot(600 * SECOND, &settings).concurrency, 4);
    assert_eq!(b.snapshot(600 * SECOND, &settings).refused_last_hour, 11);
    assert_eq!(b.snapshot(5_000 * SECOND, &settings).refused_last_hour, 0);
    for wanted in [12, 24, 24, 48, 48, 96, 96, 100, 100] {
        b.answered(SECOND, Some(b.batch as usize), &settings);
        assert_eq!(b.batch, wanted);
    }
}

#[test]
fn g9_and_g10_the_window_is_kept_and_a_moving_one_is_probed_hourly() {
    let settings = QuotaSettings::y2026();
    let mut b = Bucket::new(&settings, Duration::ZERO);
    let mut project = Project::new(None);
    let mut now = SECOND;
    for step in 0..3 {
        let wall = Time::from_secs(1_000);
        let reaction = b.refused(now, wall, Throttle::Until(wall + 900 * SECOND));
        assert_eq!(reaction, Reaction::Retry(900 * SECOND), "{step}");
        // Calls that were in flight are refused with a like moment: that is not a move.
        for late in 0..5 {
            b.refused(
                now,
                wall,
                Throttle::Until(wall + Duration::from_secs(900 + late)),
            );
        }
        for priority in [Priority::Background, Priority::Interactive] {
            let start = b.start(now + 899 * SECOND, priority, &[5], &settings, &mut project);
            assert!(
                matches!(
                    start,
                    Start::Blocked {
                        code: "rate_window",
                        ..
                    }
                ),
                "{start:?}"
            );
        }
        now += 905 * SECOND;
        let start = b.start(now, Priority::Background, &[5], &settings, &mut project);
        assert_eq!(start, Start::Go { calls: 1, units: 5 });
        b.finish(now, 5, Priority::Background);
    }
    let wall = Time::from_secs(1_000);
    assert_eq!(
        b.refused(now, wall, Throttle::Until(wall + 900 * SECOND)),
        Reaction::Slow(3_600 * SECOND)
    );
    let start = b.start(
        now + 3_599 * SECOND,
        Priority::Interactive,
        &[5],
        &settings,
        &mut project,
    );
    assert!(
        matches!(
            start,
            Start::Blocked {
                code: "rate_window_moves",
                ..
            }
        ),
        "{start:?}"
    );
    // A good answer ends it.
    b.answered(now + 3_601 * SECOND, None, &settings);
    assert_eq!(
        b.refused(now, wall, Throttle::Until(wall + 900 * SECOND)),
        Reaction::Retry(900 * SECOND)
    );
}

#[test]
fn g12_background_stays_away_for_the_minute_and_people_may_try() {
    let settings = QuotaSettings::y2026();
    let mut b = Bucket::new(&settings, Duration::ZERO);
    let mut project = Project::new(None);
    assert_eq!(
        b.refused(SECOND, Time(0), Throttle::Minute),
        Reaction::Slow(60 * SECOND)
    );
    let start = b.start(
        2 * SECOND,
        Priority::Background,
        &[20],
        &settings,
        &mut project,
    );
    assert_eq!(
        start,
        Start::Blocked {
            left: 59 * SECOND,
            code: "rateLimitExceeded",
            alarm: false
        }
    );
    assert!(matches!(
        b.start(
            2 * SECOND,
            Priority::Interactive,
            &[20],
            &settings,
            &mut project
        ),
        Start::Go { .. }
    ));
    assert!(matches!(
        b.start(
            62 * SECOND,
            Priority::Background,
            &[20],
            &settings,
            &mut project
        ),
        Start::Go { .. }
    ));
}

#[test]
fn g14_the_deployment_rests_until_midnight_in_california() {
    // 2026-11-22T09:00Z is 01:00 in California (PST): 23 hours left.
    assert_eq!(
        until_quota_day(Time::from_secs(1_795_338_000)),
        23 * 3_600 * SECOND
    );
}

#[tokio::test]
async fn g14_nobody_calls_until_then() {
    let (world, clock) = World::simulated(1);
    let quota = Quota::new(QuotaSettings::y2026(), world);
    let (one, other) = (quota.account([1; 16]), quota.account([2; 16]));
    assert_eq!(quota.refused(&one, Throttle::Day, None), Reaction::Alarm);
    let error = quota
        .start(&other, "x", Priority::Interactive, &[5])
        .await
        .err()
        .unwrap();
    assert_eq!(
        (error.code.as_str(), error.reaction),
        ("dailyLimitExceeded", Reaction::Alarm)
    );
    clock.advance(Duration::from_secs(23 * 3_600 + 1));
    assert!(
        quota
            .start(&other, "x", Priority::Interactive, &[5])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_waiting_caller_goes_on_when_units_come_free() {
    let (world, clock) = World::simulated(1);
    let settings = QuotaSettings {
        units_per_minute_user: Some(100),
        ..QuotaSettings::y2026()
    };
    let quota = Quota::new(settings, world);
    let account = quota.account([1; 16]);
    let (first, _) = quota
        .start(&account, "x", Priority::Interactive, &[100])
        .await
        .unwrap();
    drop(first);
    assert_eq!(quota.snapshot([1; 16]).used_last_minute, 100);
    let waiting = tokio::spawn({
        let quota = quota.clone();
        async move {
            quota
                .start(&account, "x", Priority::Interactive, &[20])
                .await
                .map(|(p, n)| (p.units, n))
        }
    });
    tokio::time::sleep(millis(50)).await;
    assert!(!waiting.is_finished());
    clock.advance(Duration::from_secs(61));
    assert_eq!(waiting.await.unwrap().unwrap(), (20, 1));
    quota.forget([1; 16]);
    assert_eq!(quota.snapshot([1; 16]).used_last_minute, 0);
}
