-- The time of every lease has passed on the database's clock.
UPDATE jobs SET lease_until = 0 WHERE state = 'running';
UPDATE tokens SET lease_until = 0 WHERE lease_until IS NOT NULL;
UPDATE drafts SET held_until = 0 WHERE held_until IS NOT NULL;
