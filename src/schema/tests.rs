use super::*;

fn load(schema: &str) -> Result<Schemas, SchemaError> {
    let profile = Profile::parse(
        "version = 1\n[kind.a]\nfiles = [\"*\"]\nschema = \"s/a.json\"\nkeys = []\n",
    )
    .expect("profile");
    Schemas::load(&profile, &|path| match path {
        "s/a.json" => Ok(schema.to_owned()),
        "s/b.json" => Ok(r#"{"type": "string", "x-prose": "html"}"#.to_owned()),
        _ => Err("no such file".to_owned()),
    })
}

#[test]
fn the_embedded_schemas_compile() {
    let profile = Profile::embedded().expect("profile");
    let read = |path: &str| {
        crate::profile::embedded(path)
            .map(str::to_owned)
            .ok_or_default()
    };
    let schemas = Schemas::load(&profile, &read).expect("schemas");
    let names: Vec<_> = schemas
        .entry_kinds()
        .iter()
        .map(|kind| kind.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "article",
            "prevention",
            "detection",
            "section",
            "subsection"
        ]
    );
    for kind in 0..schemas.kinds.len() {
        schemas.validator(kind).expect("a validator");
    }
    schemas.check_vocabulary().expect("the vocabulary");
    let text = "see MT012.004, PV059; not XMT012 or MT01";
    let mentions = schemas.mentions().expect("a pattern");
    let found: Vec<_> = mentions.find(text).map(|range| &text[range]).collect();
    assert_eq!(found, ["MT012.004", "PV059"]);
}

trait OrDefault {
    fn ok_or_default(self) -> Result<String, String>;
}

impl OrDefault for Option<String> {
    fn ok_or_default(self) -> Result<String, String> {
        self.ok_or_else(|| "not embedded".to_owned())
    }
}

#[test]
fn a_reference_to_a_file_beside_it_is_followed() {
    let schemas = load(r#"{"properties": {"t": {"$ref": "b.json"}}}"#).expect("schemas");
    let plan = &schemas.kinds()[0].plan;
    let place = plan.at([plan::Step::Name("t")].into_iter()).expect("t");
    assert_eq!(place.marks.prose, Some(vocabulary::Prose::Html));
}

#[test]
fn faults_are_located_in_the_schema() {
    for (schema, at, part) in [
        ("{\"type\":\n 7}", "2:2", ""),
        (
            "{\n\"$ref\": \"http://127.0.0.1/x\"}",
            "2:1",
            "nothing is fetched",
        ),
        (
            "{\n\"$ref\": \"../../x.json\"}",
            "2:1",
            "nothing is fetched",
        ),
        ("{\"a\": 1,\n\"a\": 2}", "2:1", "twice"),
        ("[]", "1:1", "not a schema"),
        ("", "1:1", "empty"),
        ("{\n\"x-idd\": true}", "2:1", "no such keyword"),
        (
            "{\"properties\": {\"a\": {\n\"pattern\": \"(?!a)\"}}}",
            "2:1",
            "linear",
        ),
    ] {
        let error = load(schema).err().expect(schema);
        assert!(error.message.contains(part), "{schema}: {error}");
        assert_eq!(error.path, "s/a.json");
        if !part.is_empty() {
            assert_eq!(error.at.to_string(), at, "{schema}: {error}");
        }
    }
}
