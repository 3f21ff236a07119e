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

    /// Removes `name`; whether it was there.
    pub async fn delete(&mut self, name: &str) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM settings WHERE name = $1").bind(name);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
