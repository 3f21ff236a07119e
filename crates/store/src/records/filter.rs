//! Conditions of lists: the words of filters as statements on the record `r`.

use tenon_model::records::{Column, Filter, Kind, TextTest};

use crate::sql::{Builder, Value, dialect};

/// `r.id` is that of a value `w` of the field for which `test` holds. Read from the values, for few
/// records are meant.
pub(super) fn push_values(
    b: &mut Builder,
    workspace: Value,
    kind: Kind,
    field: &str,
    test: &dyn Fn(&mut Builder),
) {
    b.push("r.id IN (SELECT w.record_id FROM record_values w WHERE w.workspace_id = ")
        .value(workspace)
        .push(" AND w.kind = ")
        .value(kind.as_str())
        .push(" AND w.field = ")
        .value(field)
        .push(" AND ");
    test(b);
    b.push(")");
}

/// The same read from the record, for many may be meant.
fn push_own_value(b: &mut Builder, field: &str, test: &dyn Fn(&mut Builder)) {
    b.push("EXISTS (SELECT 1 FROM record_values w WHERE w.record_id = r.id AND w.field = ")
        .value(field)
        .push(" AND ");
    test(b);
    b.push(")");
}

pub(super) fn push_text(b: &mut Builder, column: &str, test: &TextTest) {
    match test {
        TextTest::Is(texts) => {
            b.push(column)
                .push(" IN ")
                .list(texts.iter().map(String::as_str));
        }
        TextTest::StartsWith(text) => {
            // Everything between the text and the text with the last character there is.
            b.push(column).push(" >= ").value(text.as_str());
            b.push(" AND ")
                .push(column)
                .push(" < ")
                .value(format!("{text}\u{10ffff}"));
        }
        TextTest::Contains(text) => {
            let position = dialect!(b.kind(), sqlite: "instr(", postgres: "strpos(");
            b.push(position)
                .push(column)
                .push(", ")
                .value(text.as_str())
                .push(") > 0");
        }
    }
}

pub(super) fn push_range(b: &mut Builder, column: &str, from: Option<i64>, to: Option<i64>) {
    b.push(column).push(" IS NOT NULL");
    if let Some(from) = from {
        b.push(" AND ").push(column).push(" >= ").value(from);
    }
    if let Some(to) = to {
        b.push(" AND ").push(column).push(" <= ").value(to);
    }
}

const fn column(column: Column) -> &'static str {
    match column {
        Column::Owner => "r.owner_id",
        Column::CreatedBy => "r.created_by",
        Column::Stage => "r.stage_id",
        Column::Pipeline => "r.pipeline_id",
    }
}

pub(super) fn push_filter(b: &mut Builder, workspace: Value, kind: Kind, filter: &Filter) {
    match filter {
        Filter::All(filters) => push_list(b, &workspace, kind, filters, (" AND ", "1 = 1")),
        Filter::Any(filters) => push_list(b, &workspace, kind, filters, (" OR ", "1 = 0")),
        Filter::Not(inner) => {
            b.push("NOT (");
            push_filter(b, workspace, kind, inner);
            b.push(")");
        }
        Filter::Text(field, test @ TextTest::Contains(_)) => {
            push_own_value(b, field, &|b| push_text(b, "w.text_key", test));
        }
        Filter::Text(field, test) => {
            push_values(b, workspace, kind, field, &|b| {
                push_text(b, "w.text_key", test);
            });
        }
        Filter::Title(test) => push_text(b, "r.title_key", test),
        Filter::Number(field, from, to) => {
            push_own_value(b, field, &|b| push_range(b, "w.number_key", *from, *to));
        }
        Filter::Some { field, link: false } => {
            push_own_value(b, field, &|b| {
                b.push("1 = 1");
            });
        }
        Filter::Some { field, link: true } => {
            b.push("EXISTS (SELECT 1 FROM record_links l WHERE l.from_id = r.id AND l.field = ")
                .value(field.as_str())
                .push(")");
        }
        Filter::Links(field, ids) => {
            b.push("EXISTS (SELECT 1 FROM record_links l WHERE l.from_id = r.id AND l.field = ")
                .value(field.as_str())
                .push(" AND l.to_id IN ")
                .list(ids.iter().copied())
                .push(")");
        }
        // Without the second half NOT would leave out those that have nothing there.
        Filter::Column(name, ids) => {
            let name = column(*name);
            b.push("(")
                .push(name)
                .push(" IS NOT NULL AND ")
                .push(name)
                .push(" IN ");
            b.list(ids.iter().copied()).push(")");
        }
        Filter::ColumnSome(name) => {
            b.push(column(*name)).push(" IS NOT NULL");
        }
        Filter::Moment { updated, from, to } => {
            let column = if *updated {
                "r.updated_at"
            } else {
                "r.created_at"
            };
            push_range(b, column, from.map(|t| t.0), to.map(|t| t.0));
        }
    }
}

fn push_list(
    b: &mut Builder,
    workspace: &Value,
    kind: Kind,
    filters: &[Filter],
    (between, nothing): (&str, &str),
) {
    b.push("(");
    if filters.is_empty() {
        b.push(nothing);
    }
    for (i, filter) in filters.iter().enumerate() {
        if i > 0 {
            b.push(between);
        }
        push_filter(b, workspace.clone(), kind, filter);
    }
    b.push(")");
}
