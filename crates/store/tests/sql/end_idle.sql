-- Ends what is connected to a database and not in a transaction.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$1' AND state = 'idle'
