//! Small facts about the deployment itself, by name.

use crate::StoreError;
use crate::sql::sql;

aggregate!(
    /// Key and value of the deployment; nothing of a tenant belongs here.
    Settings,
    settings
);

impl Settings<'_> {
    /// The value of `name`.
    pub async fn get(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let query = sql("SELECT value FROM settings WHERE name = $1").bind(name);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// Sets the value of `name`.
    pub async fn put(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let upsert = sql("INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Sets `name` unless it has a value already; `false` then. Of several processes that try at once
    /// one succeeds, the others wait for its commit.
    pub async fn claim(&mut self, name: &str, value: &str) -> Result<bool, StoreError> {
        let insert = sql("INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value);
        Ok(self.tx.exec(insert).await? == 1)
    }

    /// Names that begin with `prefix`, with their values.
    pub async fn with_prefix(&mut self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let query = sql(
            "SELECT name, value FROM settings WHERE substr(name, 1, length($1)) = $1 ORDER BY name",
        )
        .bind(prefix);
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// Removes `name`; whether it was there.
    pub async fn delete(&mut self, name: &str) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM settings WHERE name = $1").bind(name);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
