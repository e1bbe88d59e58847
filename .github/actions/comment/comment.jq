# Makes a comment of a report that a stranger may have written. Input: the report as one string.
# What is known from GitHub stands first, so that nothing in the report can hide or imitate it.

# A comment may have 65,536 characters; bytes are counted, which is never less.
def limit: 60000;

# Invisible characters and directions of writing change what a reader sees.
def visible:
  explode
  | map(select(
      . == 9 or . == 10
      or (. >= 32 and (. < 127 or . > 159) and . != 1564 and . != 65279
        and (. < 8203 or . > 8207) and (. < 8234 or . > 8238) and (. < 8288 or . > 8297))))
  | implode;

# Writes `$new` for each `$mark` that `$next` follows. In one pass over the parts between the marks,
# because `gsub` of jq takes time that is quadratic in the number of its matches.
def replace($mark; $next; $new):
  split($mark) as $parts
  | [$parts[0], ($parts[1:][] | (if test($next; "i") then $new else $mark end) + .)]
  | join("");

# `GH-12` is a number of an issue too.
def unlinked:
  split("-") as $parts
  | [$parts[0], (range(1; $parts | length) as $at
      | (if ($parts[$at] | test("^[0-9]")) and ($parts[$at - 1] | test("\\bgh$"; "i"))
         then "-\u200b" else "-" end) + $parts[$at])]
  | join("");

# A zero-width space breaks what GitHub would act on and leaves the text to be read: names of people
# and teams, which would be notified, and numbers of issues, which would get a note. Pictures load
# from anywhere, and an HTML comment hides what follows it.
def harmless:
  replace("@"; "^[a-z0-9_-]"; "@\u200b")
  | replace("#"; "^[0-9]"; "#\u200b")
  | unlinked
  | replace("!["; ""; "!\\[")
  | replace("<"; "^(!|/?(img|picture|source|video|audio|svg|a|base|style)\\b)"; "&lt;");

# Whole lines only, so that a row of a table is not cut in two. Once before the text is changed, to
# bound the work, and once after, because it has grown.
def whole_lines:
  split("\n") as $all
  | [foreach $all[] as $line (0; . + ($line | utf8bytelength) + 1; select(. <= limit) | $line)]
  | {lines: ., cut: (length < ($all | length))};

whole_lines as $read
| ($read.lines | join("\n") | visible | harmless | whole_lines) as $report
| [
    "<!-- corpuslint: report -->",
    (if $conclusion == "success" then "**corpuslint: passed**" else "**corpuslint: failed**" end)
      + " for \($sha) ([run](\($run)))",
    (if $changed == "yes" then
      "> This pull request changes `.github/`, and so may have changed the gate itself. Read that part first."
    elif $changed == "no" then empty
    else "> This pull request is too large to tell whether it changes `.github/`, where the gate is. Look there first." end),
    (if $read.cut or $report.cut then "> The report is longer than a comment may be and ends early; the run has all of it." else empty end),
    ($report.lines | join("\n"))
  ]
| {body: join("\n\n")}
