//! Labels of a mailbox, and sets of them kept once each: a mailbox of a million messages has a few hundred sets.

use std::collections::HashMap;

use serde_json::Value;

/// Place of a label in its mailbox.
pub(crate) type LabelIndex = u16;
/// Place of a set of labels.
pub(crate) type SetIndex = u32;

pub(crate) const INBOX: LabelIndex = 0;
pub(crate) const SENT: LabelIndex = 1;
pub(crate) const DRAFT: LabelIndex = 2;
pub(crate) const TRASH: LabelIndex = 3;
pub(crate) const SPAM: LabelIndex = 4;
pub(crate) const UNREAD: LabelIndex = 5;
pub(crate) const STARRED: LabelIndex = 6;
pub(crate) const IMPORTANT: LabelIndex = 7;
pub(crate) const PERSONAL: LabelIndex = 9;
pub(crate) const PROMOTIONS: LabelIndex = 11;
pub(crate) const UPDATES: LabelIndex = 12;

/// Google's system labels, in the places above.
pub(crate) const SYSTEM: [&str; 14] = [
    "INBOX",
    "SENT",
    "DRAFT",
    "TRASH",
    "SPAM",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "CHAT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
];

/// A label.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) system: bool,
    pub(crate) list_visibility: Option<String>,
    pub(crate) message_visibility: Option<String>,
    pub(crate) color: Option<Value>,
}

/// All labels and all sets of a mailbox.
pub(crate) struct Labels {
    all: Vec<Option<Label>>,
    sets: Vec<Box<[LabelIndex]>>,
    known: HashMap<Box<[LabelIndex]>, SetIndex>,
    next: u64,
}

impl Labels {
    pub(crate) fn new() -> Self {
        let all = SYSTEM
            .iter()
            .map(|id| {
                let hidden =
                    matches!(*id, "CHAT" | "SPAM" | "TRASH") || id.starts_with("CATEGORY_");
                Some(Label {
                    id: (*id).to_owned(),
                    name: (*id).to_owned(),
                    system: true,
                    list_visibility: hidden.then(|| "labelHide".to_owned()),
                    message_visibility: hidden.then(|| "hide".to_owned()),
                    color: None,
                })
            })
            .collect();
        Self {
            all,
            sets: Vec::new(),
            known: HashMap::new(),
            next: 1,
        }
    }

    /// Labels that exist, with their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (LabelIndex, &Label)> {
        self.all
            .iter()
            .enumerate()
            .filter_map(|(i, l)| l.as_ref().map(|l| (i as LabelIndex, l)))
    }

    pub(crate) fn get(&self, index: LabelIndex) -> Option<&Label> {
        self.all.get(usize::from(index))?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, index: LabelIndex) -> Option<&mut Label> {
        self.all.get_mut(usize::from(index))?.as_mut()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<LabelIndex> {
        self.iter().find(|(_, l)| l.id == id).map(|(i, _)| i)
    }

    /// Names are unique without regard to case.
    pub(crate) fn by_name(&self, name: &str) -> Option<LabelIndex> {
        let wanted = name.to_lowercase();
        self.iter()
            .find(|(_, l)| l.name.to_lowercase() == wanted)
            .map(|(i, _)| i)
    }

    /// A new user label; `None` when there are as many as Gmail allows (10,000).
    pub(crate) fn create(&mut self, name: &str) -> Option<LabelIndex> {
        let index = LabelIndex::try_from(self.all.len())
            .ok()
            .filter(|i| *i < 10_014)?;
        let id = format!("Label_{}", self.next);
        self.next += 1;
        self.all.push(Some(Label {
            id,
            name: name.to_owned(),
            system: false,
            list_visibility: Some("labelShow".to_owned()),
            message_visibility: Some("show".to_owned()),
            color: None,
        }));
        Some(index)
    }

    pub(crate) fn remove(&mut self, index: LabelIndex) {
        if let Some(place) = self.all.get_mut(usize::from(index)) {
            *place = None;
        }
    }

    /// The set of these labels.
    pub(crate) fn intern(&mut self, mut labels: Vec<LabelIndex>) -> SetIndex {
        labels.sort_unstable();
        labels.dedup();
        let labels: Box<[LabelIndex]> = labels.into();
        if let Some(index) = self.known.get(&labels) {
            return *index;
        }
        let index = self.sets.len() as SetIndex;
        self.sets.push(labels.clone());
        self.known.insert(labels, index);
        index
    }

    pub(crate) fn set(&self, index: SetIndex) -> &[LabelIndex] {
        self.sets.get(index as usize).map_or(&[], |s| s)
    }

    pub(crate) fn has(&self, set: SetIndex, label: LabelIndex) -> bool {
        self.set(set).binary_search(&label).is_ok()
    }

    /// For each set, whether it passes a test: listing a million messages then looks at numbers only.
    pub(crate) fn passing(&self, test: impl Fn(&[LabelIndex]) -> bool) -> Vec<bool> {
        self.sets.iter().map(|s| test(s)).collect()
    }

    /// Ids of the labels of a set.
    pub(crate) fn ids(&self, set: SetIndex) -> impl Iterator<Item = &str> {
        self.set(set)
            .iter()
            .filter_map(|i| self.get(*i))
            .map(|l| l.id.as_str())
    }
}
