"""The database: schema, engine, migrations, and every SQL statement of printd."""
