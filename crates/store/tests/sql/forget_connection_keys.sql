DELETE FROM keys WHERE connection_id IS NOT NULL
