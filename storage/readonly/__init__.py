"""Questions in SQL that a person types: answered by a database that lets nothing be written meanwhile."""
