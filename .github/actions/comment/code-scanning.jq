# Builds the report for code scanning anew from the parts that may be shown; what does not have their
# shape is refused. What is not named here does not pass: another tool's name or category, with which
# a stranger could close that tool's alerts, nor anything about where the files came from.

def require(condition; $why): if condition then . else error($why) end;

# Below the repository's root, and nothing else.
def inside: type == "string" and test("^(?!/)(?!.*(^|/)\\.\\.(/|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\\\\\x{0}-\\x{1f}]+$");

require(.version == "2.1.0"; "it is not SARIF 2.1.0")
| require((.runs | type) == "array" and (.runs | length) == 1; "it does not hold exactly one run")
| .runs[0] as $run
| require($run.tool.driver.name == "corpuslint"; "it is not from corpuslint")
| require(($run.results | type) == "array" and ($run.results | length) <= 5000;
    "it does not hold a list of at most 5000 results")
| require([$run.results[].locations[]?, $run.results[].relatedLocations[]?
    | .physicalLocation.artifactLocation.uri | values] | all(inside);
    "it names a place outside of the repository")
| {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {driver: ($run.tool.driver | {name, semanticVersion, rules} | with_entries(select(.value != null)))},
      automationDetails: {id: ($category + "/")},
      columnKind: ($run.columnKind // "unicodeCodePoints"),
      # Code scanning would show what the change mended as if it were there.
      results: [$run.results[] | select(.baselineState != "absent")
        | {ruleId, ruleIndex, level, message, locations, relatedLocations, partialFingerprints, baselineState}
        | with_entries(select(.value != null))]
    }]
  }
