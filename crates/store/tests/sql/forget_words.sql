DELETE FROM record_values WHERE field = '*';
