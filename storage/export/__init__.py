"""What leaves the database: rows as text (rows), the fields of an article (fields), files of every format, cursors."""
