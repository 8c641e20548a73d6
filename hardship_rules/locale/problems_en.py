"""The problems in English, by code: what is wrong, and how to mend it."""

from hardship_rules.core.frozen import FrozenMapping

SENTENCES: FrozenMapping[str, tuple[str, str]] = FrozenMapping(
    {
        # Words within sentences
        "nearest": ("", "Did you mean `{nearest}`?"),
        "nearest_factor": ("", "Is `{nearest_factor}` missing?"),
        "kind_number": ("a number", ""),
        "kind_choice": ("a choice", ""),
        "kind_yes_no": ("a yes-or-no", ""),
        "kind_date": ("a date", ""),
        # The file
        "file_missing": ("there is no file `{given}`", "Check the file's name and folder"),
        "file_is_folder": ("`{given}` is a folder, not a file", "Name the file inside it"),
        "file_exists": (
            "the file `{given}` is there already; nothing was written",
            "Choose another name, or add `--force` to overwrite it",
        ),
        "cases_file_exists": (
            "the file `{given}` is there already; nothing was written",
            "Choose another name: somebody may have confirmed cases in it",
        ),
        "file_not_written": (
            "the file cannot be written: {reason}",
            "Check whether its folder is there, and whether it is in use",
        ),
        "file_unreadable": (
            "the file `{given}` cannot be opened: {reason}",
            "Check whether it is in use, and whether you may read it",
        ),
        "more_problems": (
            "there are more than {most} problems; those from here on are not reported",
            "Fix the ones above, then check again",
        ),
        "file_too_large": (
            "the file is larger than {most} bytes and was not read",
            "Check whether it is the right file",
        ),
        "stdin_unreadable": ("standard input cannot be read: {reason}; name a file, or pipe the content in", ""),
        "stdout_not_written": ("the results were not all written to standard output: {reason}", ""),
        "interrupted": ("interrupted; unfinished files were removed", ""),
        "reason_no_rights": ("no permission", "Check your rights to the file and its folder, or choose another folder"),
        "reason_closed": ("it is closed", "Check how the program was started"),
        "reason_reader_gone": ("the program that reads it has ended", "Check the program that takes the results"),
        "reason_in_use": ("it is in use", "Close the program that uses it, and try again"),
        "reason_no_space": ("the disk is full", "Make room on the disk, or choose another one, and try again"),
        "reason_too_large": (
            "it is larger than a file may be",
            "Choose another disk, or ask for a higher limit",
        ),
        "reason_device": ("the disk or device failed", "Check the disk or device, or choose another folder"),
        "reason_is_folder": ("it is a folder", "Name a file inside it"),
        "reason_links": ("its links lead round in a circle", "Write the path of the file itself"),
        "reason_name_too_long": ("the name is too long", "Choose a shorter name"),
        "reason_no_folder": ("there is no such folder", "Check the folder's name, or create it first"),
        "reason_read_only": ("the disk is read-only", "Choose another folder"),
        "reason_no_file": ("it is no ordinary file", "Check the name, or save the content in a file first"),
        "durable_rules": (
            "`{given}` needs {what} rules, and durable-rules holds {most} at most",
            "Leave out `--engine durable-rules`, or split the decision",
        ),
        "durable_matches": (
            "{what} rules look at one fact, `{given}`, and durable-rules matches {most} at most",
            "Leave out `--engine durable-rules`, or let fewer clauses rest on one condition",
        ),
        "durable_collision": (
            "durable-rules cannot tell `{given}` from `{other}`",
            "Leave out `--engine durable-rules`",
        ),
        "durable_unknown": (
            "durable-rules needs to know “{given}”",
            "Give the fact, or leave out `--engine durable-rules`",
        ),
        # Data frames
        "categories_differ": (
            "the category is called `{given}` in the new policy and `{other}` in {policy}: they cannot be compared",
            "Give it one name in both policies",
        ),
        "key_kinds": (
            "column `{given}` is {own} of households and {theirs} of members: both keys have to be of one type",
            "Make `{given}` one type in both frames, such as text; a null makes pandas' whole numbers floats",
        ),
        "key_taken": (
            "the key column cannot be called `{given}`: a column of the outcomes is",
            "Give the key column another name, such as `household`",
        ),
        "column_missing": ("there is no column `{given}`", "Name the column that says the household as `key`"),
        "column_twice": ("two columns are called `{given}`", "Keep one, or give the other a name of its own"),
        "unknown_column": (
            "the column `{given}` is no fact of the policy",
            "Name it as the fact, or leave it out of the frame",
        ),
        "column_kind": ("the column of “{title}” holds {given}, which it cannot", "Give it as {wanted}"),
        "output_column": ("no column `{given}` comes back", "Ask for columns that README lists"),
        "explain_lazy": (
            "rows that are open cannot be explained in a frame that is not in memory: `{given}`",
            "Leave them open, and explain a frame of those rows",
        ),
        "frames_differ": (
            "households and members are frames of different kinds: `{given}` and `{other}`",
            "Give both as one kind",
        ),
        "leaves_int64": (
            "a number inside `{given}` can reach {largest}, which 64 bits do not hold",
            "Give the facts that it is worked out from narrower ranges",
        ),
        "file_empty": ("there is nothing in the file", "Check whether it is the right file, and was saved"),
        "encoding_gbk": ("the file is encoded in GBK (ANSI)", "Save it as UTF-8"),
        "encoding_unknown": (
            "this is not text, or not encoded in UTF-8",
            "Save it as plain text in UTF-8; Word and Excel files cannot be read",
        ),
        "character": ("the invisible control character {given} stands here", "Delete it and type the line again"),
        "not_a_policy": (
            "this is not a policy: it has no `key: value` lines",
            "Begin with `language: 1`, with a space after the colon",
        ),
        "not_a_household": (
            "this is not a household: it has no `fact: value` lines",
            "One fact a line, `residence: urban`, with a space after the colon",
        ),
        # Punctuation and layout
        "full_width": ("`{given}` is full-width", "Write `{meant}` instead; a space follows a colon and a comma"),
        "odd_space": (
            "a special space, {given}, stands here; it only looks like a space",
            "Replace it by an ordinary space",
        ),
        "tab": ("a tab stands here", "Use spaces instead"),
        "space_after_colon": (
            "there is no space after the colon in `{given}`",
            "Add a space; a colon that belongs to a text needs quotes around the text",
        ),
        "space_before_comment": ("there is no space before the `#` of a comment", "Add a space before `#`"),
        "comma_in_braces": (
            "`{given}` has no value inside the braces; a comma may have cut a line in two",
            "Put quotes around a text or line that has a comma in it; leave commas out of numbers",
        ),
        "duplicate_key": ("`{given}` is already there, in line {line}", "Keep one of them"),
        "question_mark": (
            "`?` cannot stand here",
            "Write keys as `key: value`; put quotes around a text in brackets that has `?` in it",
        ),
        "key_not_text": ("a list or a mapping cannot be a key", "Write one name before the colon"),
        "anchor": (
            "content cannot be marked with `{given}`",
            "Remove `{given}`; put quotes around a text that begins with `&`",
        ),
        "alias": (
            "content cannot be repeated with `{given}`",
            "Write it out again; put quotes around a text that begins with `*`",
        ),
        "tag": (
            "content cannot be tagged with `{given}`",
            "Remove the tag; put quotes around a text that begins with `!`",
        ),
        "directive": ("directives that begin with `%` cannot be used", "Delete the line"),
        "second_document": (
            "a second document begins after `---`",
            "One file holds one; save the others as files of their own",
        ),
        "too_deep": ("things are nested more than {most} deep", "Check brackets and indentation"),
        "yaml": (
            "this cannot be read ({reason})",
            "Check the indentation, colons, quotes and brackets of this line and the one above",
        ),
        "yaml_colon": (
            "there cannot be another colon here",
            "Is a colon missing above, or this line indented too far? Put quotes around a text that has a colon in it",
        ),
        "yaml_colon_missing": (
            "there is no colon in this line",
            "Write `key: value` with a space after the colon; a text that goes on is indented further than its key",
        ),
        "yaml_quote": (
            "a quotation mark is not closed",
            "Close it; around a text that has quotes in it, use the other kind",
        ),
        "yaml_escape": ("a backslash inside double quotes is not understood", "Use single quotes instead"),
        "yaml_bracket": (
            "a bracket `{{ }}` or `[ ]` is not closed, or there is a comma too many or too few",
            "Close it, and separate the items by a comma and a space",
        ),
        "yaml_goes_on": (
            "what stands before `{given}` has ended here",
            "Put quotes around the whole text; begin a list on the next line",
        ),
        "yaml_indent": (
            "this line is not aligned with those above",
            "Lines of one level begin in the same column; indent with spaces",
        ),
        "yaml_start": ("a text cannot begin with “{given}”", "Put quotes around the text"),
        # Keys and words
        "unknown_key": ("unknown key `{given}`", "Keys that may stand here: {known}"),
        "missing_key": ("`{given}` ({about}) is missing", "Add `{given}: …`"),
        "none_of_keys": ("one of {known} is missing", "Add one of {known}"),
        "several_of_keys": ("`{given}` cannot stand together", "Write only one of {known}"),
        "blank": ("`{given}` is not filled in", "Fill it in, or delete the whole entry"),
        "list_expected": (
            "a list is expected here",
            "Begin each item with `- ` on a line of its own, or write `[a, b]`",
        ),
        "mapping_expected": ("`key: value` is expected here", "One key a line, then a colon, a space and the value"),
        "text_expected": (
            "one value is expected here, not a list or a mapping",
            "Write one value; put quotes around a text that begins with `[` or `{{`",
        ),
        "name": (
            "`{given}` cannot be a name",
            "A name has Chinese or Latin letters, digits and underscores, and does not begin with a digit",
        ),
        "reserved_name": ("`{given}` is a word of the language and cannot be a name", "Choose another name"),
        "policy_name": (
            "`{given}` cannot be the name of a policy",
            "Use letters, digits, underscores and hyphens; no folder and no `.yaml`",
        ),
        "only_word": (
            "`{given}` is wrong, only `{expected}` can stand here",
            "Write `{expected}`, or delete the whole entry",
        ),
        "language": ("`{given}` is not a version of the language", "Write `language: 1`"),
        "language_newer": (
            "this file is in version {given} of the language; this program knows version 1",
            "It needs a newer hardship-rules",
        ),
        "date": ("`{given}` is not a date", "Write year-month-day as in `2021-03-31`, between 1800 and 2200"),
        "date_with_time": (
            "“{given}” is a point in time, not a day",
            "Give year, month and day, as in `2021-03-31`; a day kept in another time zone must be converted first",
        ),
        "truth": ("`{given}` is neither yes nor no", "Write `yes` or `no`"),
        "whole": ("`{given}` is not a whole number of at most four digits", "Write digits only, as in `20`"),
        "whole_too_large": ("`{given}` is more than {most}", "Write a whole number up to {most}"),
        "whole_too_small": ("`{given}` is less than {least}", "Write a whole number from {least}"),
        "number": (
            "`{given}` is not a number",
            "Write digits, a decimal point and a minus only, as in `787` or `0.8`; a percentage as `80 %`",
        ),
        "comma_in_number": ("there is a comma in the number `{given}`", "Leave it out: `1500` for `1,500`"),
        "number_too_long": ("`{given}` has more than {most} digits", "Check whether there are digits too many"),
        "unit": (
            "`{given}` is not a unit",
            "Join the words of `units` by `*` and `/`, as in `yuan/month/person`; `1` for a pure number",
        ),
        "unknown_unit": ("there is no unit `{given}` in `units`", "Those there are: {known}"),
        "unit_not_declared": (
            "the unit `{given}` is used here but is not in `units`",
            "Add `{given}` and its word to `units`",
        ),
        # Finding and extending policies
        "folder_missing": (
            "there is no folder `{given}`",
            "Check its name and place; a relative path begins at the current folder",
        ),
        "folder_is_file": (
            "`{given}` is a file, not a folder",
            "Name the folder that holds it; to use this very file, give its path",
        ),
        "folder_unreadable": ("the folder `{given}` cannot be opened: {reason}", "Check whether you may read it"),
        "folder_expected": (
            "folders are given by their names or paths, not as {given}",
            'As in `folders=["policies"]`',
        ),
        "bundled_missing": (
            "the policies that come with the library are not in its installation",
            "Install hardship-rules again, or give the path of a policy's file",
        ),
        "policy_expected": (
            "a policy is given by its name or path, not as {given}",
            'As in `load_policy("2021_weihai")`',
        ),
        "policy_not_loaded": (
            "a policy that was loaded is expected here, not {given}",
            'Load it first, as in `load_policy("2021_weihai")`',
        ),
        "path_expected": (
            "a file is given by its name or path, not as {given}",
            'As in `load_household("household.yaml")`',
        ),
        "content_expected": (
            "a text is expected here, not {given}",
            'Decode bytes, read a file first, as in `Path("record.json").read_text(encoding="utf-8")`',
        ),
        "readings_expected": (
            "readings are given as a mapping of names to options, not as {given}",
            'As in `{{"equal_to_standard": "granted"}}`',
        ),
        "host_value": (
            "JSON cannot hold the value given here ({given})",
            "Give a text, a finite number, True, False, None, a list or a dict; write days and times as texts",
        ),
        "assessment_expected": (
            "what `assess` gives is expected here, not {given}",
            "Assess first: `assess(policy, household)`",
        ),
        "policy_missing": ("there is no policy `{given}`", "Those there are: {known}"),
        "series_needs_date": (
            "`{given}` is a series: which of its policies is meant depends on the day",
            "Give the day; the series has {known}",
        ),
        "no_policy_on_date": (
            "no policy of the series `{series}` is in force on {given}",
            "The nearest before and after: {known}; mend the day, or write a policy for that year",
        ),
        "policies_overlap": (
            "the days {given} overlap with those of {known} in the series `{series}`",
            "Mend `effective` so that each day has one policy; to replace a file of another folder, take its name",
        ),
        "extends_missing": (
            "there is no policy `{given}` to extend",
            "Put `{given}.yaml` into the same folder; those there are: {known}",
        ),
        "extends_loop": ("`extends` comes back to `{given}`", "A policy cannot extend itself, directly or by others"),
        "extends_chain": ("with `{given}` more than {most} files extend one another", "Shorten the chain of `extends`"),
        "key_of_base": (
            "a policy that extends another cannot have `{given}`",
            "`{given}` belongs to the policy that is extended; change values, readings, dates and sources here",
        ),
        "source_redefined": (
            "the policy that this one extends has a source `{given}` already",
            "Choose another name; the same document need not be stated again",
        ),
        "unknown_parameter": ("the policy that this one extends has no parameter `{given}`", "Its parameters: {known}"),
        "unknown_reading": ("there is no reading `{given}`", "The readings: {known}"),
        "provenance_again": ("`{given}` is changed here without its provenance", "State `source`, `cite` and `basis`"),
        "policy_open": (
            "the policy `{given}` has parameters without a value: {parameters}",
            "Give them in the year's policy, or use that one",
        ),
        "policy_without_decision": ("the policy `{given}` has no decision", "State at least one in `decisions`"),
        # Registers: the mapping file
        "not_a_mapping": (
            "this is no mapping file of the form `key: value`",
            "Let the first line be `mapping: 1`, with a space after the colon",
        ),
        "mapping_version": (
            "`{given}` is no version of mapping files",
            "Write `mapping: 1`; a higher one needs a newer hardship-rules",
        ),
        "mapping_blank": (
            "`{given}` is nothing that an empty cell can mean",
            "Write `left out` where it was not filled in, `unknown` where it is known to be unknown",
        ),
        "fact_of_other_table": ("`{given}` is no fact of this table", "Put it under the `facts` of `{table}`"),
        "unit_of_column": (
            "the unit `{given}` of the column for “{title}” cannot be turned into {wanted}",
            "Check the unit; leave it out where it is the policy's own",
        ),
        "read_as": (
            "nothing is read as `{given}`",
            "Only a date may have `read: {expected}`: the day of birth is read from the number",
        ),
        "code_of_date": (
            "a code of “{title}” cannot stand for `{given}`",
            "Dates stand in the register themselves; a code can only be `unknown`",
        ),
        # Registers: their files, headers and cells
        "policy_of_register": (
            "it is not said which policy is to be applied",
            "Name it with `-p`, or write `policy: …` in the mapping file",
        ),
        "output_suffix": ("no `{given}` file can be written", "Let the file's name end in {known}"),
        "register_files": (
            "`{given}` is no register",
            "Give one workbook (.xlsx), or two files, households first and members second (.csv or .parquet)",
        ),
        "register_too_large": (
            "there are more than {most} bytes in it, and it was not read",
            "Check whether it is the right file; one that is really so large is to be split",
        ),
        "register_range": (
            "the range of “{given}” is too wide to be converted exactly",
            "Lower the fact's `to` in the policy",
        ),
        "csv_encoding": (
            "the encoding is neither UTF-8 nor GB18030",
            "Save it from the spreadsheet as “CSV UTF-8 (comma delimited)”",
        ),
        "csv_too_wide": (
            "the row has more than {most} columns, and the file was not read",
            "Check whether it is the right file, and delete the empty columns",
        ),
        "csv_ragged": (
            "this row has {own} cells, the first one only {wide}",
            "Put cells with a comma into double quotes, as spreadsheets do when they save csv",
        ),
        "csv_broken": (
            "from this line on a quote has no other, or this is not csv",
            "Check for a quote without its other; save it from the spreadsheet as “CSV UTF-8 (comma delimited)”",
        ),
        "csv_by_semicolons": (
            "the columns are parted by semicolons, and are to be by commas",
            "Save it from the spreadsheet as “CSV UTF-8 (comma delimited)”",
        ),
        "csv_by_tabs": (
            "the columns are parted by tabs, and are to be by commas",
            "Save it from the spreadsheet as “CSV UTF-8 (comma delimited)”",
        ),
        "workbook_old": ("`{given}` is a workbook of the old kind (.xls)", "Save it as .xlsx"),
        "workbook_locked": (
            "`{given}` has a password, or is of the old kind under another name",
            "Take the password away and save it as .xlsx",
        ),
        "workbook_strict": (
            "`{given}` is a workbook in the strict form (“Strict Open XML”)",
            "Open it and save it as an ordinary “Excel Workbook (*.xlsx)”",
        ),
        "workbook_broken": ("`{given}` is no workbook that can be read", "Open it and save it as .xlsx"),
        "workbook_doctype": (
            "`{given}` in the workbook declares a document type, which no spreadsheet writes",
            "Open it and save it as .xlsx",
        ),
        "workbook_packed": (
            "`{given}` in the workbook unpacks to {times} times its size, more than {most} times: no register does",
            "Copy the rows that are filled in to a new workbook and save it as .xlsx",
        ),
        "sheet_row_number": (
            "a row of the sheet has the number `{given}`: it has to be above the row before, and at most {most}",
            "Open the workbook and save it as .xlsx; if it comes from a program, tell its makers",
        ),
        "sheet_cell_place": (
            "a cell of the sheet has the place `{given}`: it has to be in its row, right of the one before, up to XFD",
            "Open the workbook and save it as .xlsx; if it comes from a program, tell its makers",
        ),
        "sheet_area": (
            "what is filled in on the sheet `{given}` takes up more than {most} cells, and it was not read",
            "Delete what is far to the right or far below, or split the sheet",
        ),
        "sheet_merged": (
            "the merged cells of the sheet `{given}` take up more than {most} cells",
            "Unmerge them, and write the value into each cell",
        ),
        "sheet_missing": (
            "there is no sheet `{given}`",
            "There are: {known}; rename the sheet, or write `from: …` in the mapping file",
        ),
        "sheet_hidden": (
            "the sheet `{given}` is hidden",
            "Unhide and look through it; rename or delete one that is not used",
        ),
        "sheet_empty": ("there is nothing in `{given}`", "Check whether it is the right file or sheet"),
        "sheet_without_rows": (
            "there is nothing below the headers of `{given}`",
            "Fill in one row for each household, or for each member",
        ),
        "header_not_found": (
            "no headers were found in the first {most} rows of `{given}`",
            "One row has the columns' names: one the household's key ({known}), the others names of facts",
        ),
        "header_of_key": (
            "there is no column with the household's key (`{given}`)",
            "Add it; one household has the same key among households and among members",
        ),
        "header_of_identifier": ("there is no column `{given}`", "Correct the mapping's `identifier`"),
        "header_missing": (
            "there is no column `{given}` from which “{title}” could be read",
            "Correct the column's name in the mapping; take out what the register does not have",
        ),
        "header_twice": ("there is more than one column `{given}`", "Leave only one, or rename the others"),
        "header_fact_twice": ("`{given}` and `{other}` are one and the same fact", "Leave only one"),
        "header_unit": (
            "the unit in `{given}` is not the one that the mapping has “{title}” in",
            "State the column's `unit` in the mapping, or correct the header",
        ),
        "header_unknown": (
            "`{given}` is no fact of the policy",
            "Name it as the fact; take away columns that are not used, or describe the columns with `--mapping`",
        ),
        "cell_key": (
            "there is no household's key",
            "Fill it in; move a row that is no household and no member out of the table",
        ),
        "cell_powers": (
            "the spreadsheet has made a long number in “{column}” one in powers of ten; its last digits are lost",
            "Format the column as text and fill it in again from the papers",
        ),
        "cell_number": (
            "“{column}” has to be a number",
            "It may be: {wanted}; digits only, no unit; `unknown` where it is not known",
        ),
        "cell_outside": ("“{column}” is out of its range", "It may be: {wanted}; check the amount and its unit"),
        "cell_decimals": ("“{column}” has too many decimals", "It may be: {wanted}"),
        "cell_yes_no": (
            "“{column}” has to be yes or no",
            "Write `yes` or `no`, or `unknown`; codes of the register's own belong in the mapping's `codes`",
        ),
        "cell_option": (
            "“{column}” holds none of its options",
            "It may be: {wanted}; or `unknown`; other spellings belong in the mapping's `codes`",
        ),
        "cell_date": (
            "“{column}” is no date",
            "Write it as 2008-03-05 or 20080305, with year, month and day",
        ),
        "cell_identity_number": (
            "“{column}” is no sound identity number of 18 digits",
            "Check it: there have to be 18, and the last one has to fit the others",
        ),
        "cell_formula": (
            "“{column}” is a formula that was never worked out",
            "Open the workbook, let it be worked out and save it, or write what it comes to",
        ),
        "cell_error": ("“{column}” is an error, #N/A or #####", "Correct the formula, or write what it comes to"),
        "cell_merged": (
            "“{column}” has merged cells",
            "Unmerge them and fill in each; only the household's key may be merged downward",
        ),
        # Rows that are no household's, and what a workbook hides
        "row_total": (
            "a row of totals, which is not counted",
            "If it is a household or a member, fill in its key and remove the word for a total",
        ),
        "row_note": (
            "a note or signature ({label}), which is not counted",
            "If it is a household or a member, fill in its key and its facts",
        ),
        "row_hidden": (
            "a hidden row (perhaps filtered or collapsed), which is counted",
            "Show it and check it; delete it from the table if it is not to be counted",
        ),
        "row_grouped": (
            "a row grouped in an outline, which is counted",
            "Check it; delete it from the table if it is not to be counted",
        ),
        "row_struck": (
            "a row with text struck through, which is counted",
            "Delete from the table what is not to be counted; remove the line through what is",
        ),
        "column_hidden": (
            "the hidden column “{column}”, which is counted",
            "Show it and check it; delete it from the table if it is not to be used",
        ),
        # The year: a new file, the guard, the approval
        "not_approved": (
            "policy `{given}` is not approved",
            "Have it approved by the office in charge: `hardship-rules approve`",
        ),
        "approval_other": (
            "`{given}` was changed after {by} approved it on {day}: the approval is void",
            "Change it back, or have it approved again: `hardship-rules approve`",
        ),
        "base_changed": (
            "`{given}`, which this extends, was changed after the approval",
            "Look at the change; if it is right, have this approved again",
        ),
        "approved_already": (
            "{by} approved `{given}` on {day}, and it has not been changed since",
            "It need not be approved again",
        ),
        "fingerprint_differs": (
            "the file's fingerprint is {now}, not `{given}`",
            "It was changed since, or it is another file: look at it again",
        ),
        "approval_layout": (
            "the approval cannot be written into `{given}`",
            "Begin each key on a line of its own, in the first column, and put no braces around the whole",
        ),
        "base_differs": (
            "`{given}`, which this extends, is no longer what `{old}` was made with",
            "See what changed in `{given}`, and whether it goes for this year",
        ),
        "value_as_before": (
            "{title} is {given}, the same as in `{old}`",
            "Check that it did stay as it was; if so, leave it",
        ),
        "value_slip": (
            "{title} is {given}, about {factor} times the {was} of `{old}`",
            "Check for a nought too many or too few, and the unit",
        ),
        "value_jump": (
            "{title} is {given}, in `{old}` {was}: a change of {change} %",
            "Hold it against the notice; if it is right, leave it",
        ),
        "value_unusual": (
            "{title} is {given}; usual is {least} to {most} {unit}",
            "Hold it against the notice; if it is right, leave it",
        ),
        "half_up_below_zero": (
            "what `{given}` rounds can be below zero: -2.5 goes away from zero, to -3 (before release 0.2.0: to -2)",
            "Check what is right there: write `max(0, x)` for zero, or state in `must` that it is never below zero",
        ),
        "down_below_zero": (
            "what `{given}` rounds can be below zero: -2.5 goes towards zero, to -2 (before release 0.2.0: to -3)",
            "Check what is right there: write `max(0, x)` for zero, or state in `must` that it is never below zero",
        ),
        "up_below_zero": (
            "what `{given}` rounds can be below zero: -2.1 goes away from zero, to -3 (before release 0.2.0: to -2)",
            "Check what is right there: write `max(0, x)` for zero, or state in `must` that it is never below zero",
        ),
        "elapsed_below_zero": (
            "in `{given}`, `{end}` can be before `{start}`: a few days before is 0 (before release 0.2.0: -1)",
            "If it is never before, state that in `must`: `{must}`; if this is right, leave it",
        ),
        "cite_missing": (
            "`{given}` names its source `{source}`, not the place in it",
            "Add `cite`, for instance `cite: section 2`",
        ),
        "window_hole": (
            "`{old}` ends on {end} and this begins on {given}: there is no file for the days between",
            "Check `effective`; where the standards of the years between are not known, leave it",
        ),
        "window_overlap": (
            "this begins on {given}, and `{old}` ends on {end}: they overlap",
            "Mend `effective`, so that each day has one file",
        ),
        "fact_needed": (
            "{title} (`{given}`) is not in households written for `{old}`: without it they may be undecided",
            "Add `if absent`, or have it filled in",
        ),
        "fact_gone": (
            "the fact {title} (`{given}`) of `{old}` is gone: households that give it are refused",
            "If it was renamed, write `formerly: {given}` at its new name",
        ),
        "option_gone": (
            "{title} no longer has the option {option} (`{given}`) of `{old}`: households that choose it are refused",
            "If it was renamed, write `formerly: {given}` at its new name",
        ),
        "outcome_gone": (
            "the outcome `{given}` of `{old}` is gone",
            "If it was renamed, write `formerly` at the new one",
        ),
        "clause_gone": (
            "the clause `{given}` of `{old}` is gone",
            "If it was renamed, write `formerly: {given}` at the new one",
        ),
        "year_exists": (
            "`{given}` is there already: nothing was written",
            "Choose another name; a file that is there is never overwritten",
        ),
        "year_taken": (
            "series `{series}` already has a file for {given}: {known}",
            "Change that one, or choose another year",
        ),
        "year_first": (
            "series `{series}` has no file before {given}",
            "There are: {known}; the first one is written by hand",
        ),
        "year_number": (
            "`{given}` is not a year",
            "Write four digits, such as `2026`, between 1800 and 2200",
        ),
        "year_whole": (
            "`{given}` has no `extends`: it is a whole measure, from which no year can be made",
            "Copy the file and change it",
        ),
        # Worked cases
        "not_cases": (
            "this is not a file of cases: it has no `key: value` lines",
            "Write `policy: …` and `cases: …`, with a space after the colon",
        ),
        "case_path": (
            "the household has no place `{given}`",
            "Write it as in `residence` or `members[2].wage`, counting members from 1",
        ),
        "cases_too_large": (
            "the shared household has {given} values and {cases} cases change it: multiplied, over {most}",
            "Put the cases into several files, or fewer values into the shared household",
        ),
        "policy_not_named": (
            "nothing says which policy is meant",
            "Write `policy: …` into the household, or name one with `-p`",
        ),
        # Records, and resolved policies kept beside them
        "json_broken": (
            "this is not JSON",
            "Programs write such files, do not edit them by hand; take the original file.",
        ),
        "json_cut": ("the file breaks off here, the rest is missing", "Take the whole file."),
        "json_key_twice": (
            "key `{given}` is written twice",
            "Programs write such files, do not edit them by hand; take the original file.",
        ),
        "not_resolved": (
            "this is not the text of a resolved policy",
            "Such a text is written by `hardship-rules show --format resolved`; policy files end in `.yaml`.",
        ),
        "not_a_record": (
            "this is not the record of an assessment",
            "A record is written by `hardship-rules assess --format record`.",
        ),
        "record_newer": (
            "the record has the format `{given}`, this program knows no newer one than `{known}`",
            "Upgrade hardship-rules.",
        ),
        "record_edited": (
            "the content is not what was recorded: it was changed",
            "Take the original file; officer, final decision and reasons belong under `host`, where no change counts.",
        ),
        "record_misshapen": (
            "the content is not of the format of a record, this program did not write it",
            "Take the original file; for the format see `hardship-rules replay --schema`.",
        ),
        "record_policy_missing": (
            "the record's policy `{given}` (fingerprint {fingerprint}) is not there",
            "Put the text kept by `hardship-rules show --format resolved` into a folder and name it with `--policies`.",
        ),
        "record_policy_changed": (
            "the record's policy `{given}` (fingerprint {fingerprint}) is not there, its name now has others: {known}",
            "Put the text kept by `hardship-rules show --format resolved` into a folder and name it with `--policies`.",
        ),
        "record_exists": (
            "the record `{given}` exists, nothing was written",
            "Choose another file or folder; to write it anew, move the old record away first.",
        ),
        "id_renamed": ("`{given}` is an earlier id of `{now}`", "Write the present one"),
        # Provenance
        "basis_missing": ("there is a source but no `basis`", "Add how well it is known, as in `basis: notice`"),
        "unknown_basis": ("`{given}` is not a basis", "Those there are: {known}"),
        "source_missing": ("what has the basis `{given}` needs its source", "Add `source` and `cite`"),
        "unknown_source": (
            "there is no source `{given}` in `sources`",
            "Those there are: {known}; add a new document there first",
        ),
        "provenance_missing": (
            "`{given}` does not say where it comes from",
            "State `source`, `cite` and `basis` here or around it",
        ),
        # Definitions
        "dates_turned": ("the last day {given} is before the first", "Check `from` and `to` of `effective`"),
        "name_taken": ("the name `{given}` is taken in `{section}`", "Choose another name"),
        "option_is_name": ("the option `{given}` is also a name in `{section}`", "Choose another name for the option"),
        "title_taken": (
            "the title “{given}” is taken by `{other}`",
            "Choose another, so that households can be written in titles",
        ),
        "only_for_numbers": ("`{given}` is only for numbers with a unit", "Remove `{given}`, or add `unit`"),
        "fact_needs_to": ("the greatest value is missing", "Add `to`, as in `to: 100000000`"),
        "ends_turned": ("the greatest value `{given}` is not above the least", "Check `from` and `to`"),
        "too_many_terms": ("there are more than {most} terms", "Join or remove some"),
        "by_too_many": ("a value goes by two things at most", "Keep one or two in `by`"),
        "by_not_choice": (
            "a value cannot go by `{given}`",
            "In `by`, name something that has options, or a number without decimals",
        ),
        "value_goes_by": (
            "the value goes by `{given}`: one `value` is not enough",
            "Write `values`, with one for each option of `{given}`",
        ),
        "values_go_by_nothing": (
            "this parameter goes by nothing: it has one value",
            "Write `value: …`; only the policy that defines the parameter can say what it goes `by`",
        ),
        "value_or_values": (
            "`value`, `by` and `values` do not fit together",
            "Write `value` for one number; `by` and `values` for one that goes by something",
        ),
        "values_depth": (
            "what is under `{given}` does not fit `by`, which names {by}",
            "`values` has as many levels as `by` has names",
        ),
        "values_by_number": (
            "the last value that goes by `{given}` must hold for greater numbers too",
            "List whole numbers in order, the last as in `3 and more`",
        ),
        "values_start_late": (
            "`{by}` can be as low as {least}, but the values begin at {given}",
            "Add the values from {least} on",
        ),
        "last_differs": (
            "`{given}` is not the same as an `and more` before it",
            "Let each list end at the same number",
        ),
        "value_missing": ("there is no value for `{by}` being `{given}`", "Add `{given}: …`, or `not published`"),
        "value_outside": (
            "the value {given} is outside its range: it must be {bound}",
            "Check the value, or change `from` and `to`",
        ),
        "formerly_taken": (
            "`{given}` cannot be what `{now}` was called before: it now means `{other}`",
            "A name once used gets no second meaning: change one of the two",
        ),
        "fingerprint": (
            "`{given}` is not a fingerprint",
            "The approval is written by `hardship-rules approve`, not by hand",
        ),
        "not_published_needs_range": (
            "a value that is not published needs the range that it will lie in",
            "Add `from` and `to`, `to` being above `from`",
        ),
        "no_cases": ("there are no cases", "Under `choose`, write at least one `- {{when: …, value: …}}`"),
        "otherwise_missing": ("`{given}` does not say what holds where no case does", "Add `otherwise` at the end"),
        "every_with_otherwise": ("`every` has no `otherwise`", "Remove `otherwise`, or turn `every` into `first`"),
        "property_every": (
            "`{given}` may have several outcomes, none before the other",
            "Name a decision with one outcome, or use `never` or `only`",
        ),
        "property_fact": ("the fact `{given}` is no number, so it cannot be raised", "Name a fact that is a number"),
        "unknown_move": ("there is no move `{given}`", "One of: {known}"),
        "unknown_tone": ("there is no tone `{given}`", "One of: {known}"),
        "duplicate_outcome": ("the outcome `{given}` is there more than once", "Give each outcome a name of its own"),
        "category_every": (
            "the first decision `{given}` is the category, which has one outcome",
            "Turn `every` into `first`, or move it down",
        ),
        "decision_not_earlier": ("the decision `{given}` comes later and cannot be used here yet", "Move `{given}` up"),
        "cycle": (
            "these are worked out from one another: {cycle}",
            "Change one of them, so that `{given}` is not worked out from itself",
        ),
        "chain_too_long": ("`{given}` is worked out through more than {most} others", "Use fewer terms in between"),
        # Lines
        "too_many_lines": (
            "the conditions and values before this line are more than {most} lines or {characters} characters",
            "Leave out what is not needed, or make it a policy of its own",
        ),
        "line_too_long": ("the line has more than {most} characters", "Divide it into several terms"),
        "line_character": (
            "`{given}` cannot stand in a line",
            "Use numbers, names, `+ - * /`, comparisons and brackets only",
        ),
        "line_sign": ("`{given}` is not used in a line", "Write `{meant}` instead"),
        "line_ends": ("`{given}` stops too early", "Add the name, number or closing bracket that is missing"),
        "line_goes_on": (
            "the line is complete before `{given}`",
            "Is a sign missing before it? Several conditions go under `all` or `any`",
        ),
        "value_expected": (
            "a name or a number is expected here, not `{given}`",
            "Check what is missing around `{given}`",
        ),
        "name_expected": ("a name is expected here, not `{given}`", "Check what is missing around `{given}`"),
        "sign_expected": (
            "`{expected}` is expected here, not `{given}`",
            "Check brackets, and the commas between items",
        ),
        "single_equals": ("equality takes two signs", "Write `==` for `=`"),
        "second_comparison": (
            "a line compares once; `{given}` is the second time",
            "Make two clauses of it under `all`",
        ),
        "and_or": (
            "conditions cannot be joined by `{given}` in a line",
            "Put them under `all`, or under `any` where one is enough",
        ),
        "unknown_function": ("there is no function `{given}`", "Those there are: {known}"),
        "brackets_too_deep": ("brackets are nested more than {most} deep", "Divide the line into several terms"),
        "unknown_name": ("unknown name `{given}`", "Check its spelling; a new name is defined in the file first"),
        "unknown_option": ("there is no option `{given}`", "The options: {known}"),
        "option_not_taken": ("the option `{given}` is not accepted here", "The options: {known}"),
        "option_expected": (
            "`{given}` is not an option",
            "Only options stand in the brackets after `in`, with commas between them",
        ),
        "no_common_option": ("the two sides have no option in common and are never equal", "Check the names"),
        "in_needs_choice": (
            "what stands before `in` must have options",
            "Compare numbers and dates by `<`, `<=`, `==` and so on",
        ),
        "member_name_outside": (
            "each member has a `{given}`; the household has none",
            "Write `sum({given})`, `some(…)`, `each(…)` or `count(…)`",
        ),
        "members_inside_member": (
            "`{given}` over all members cannot stand in a line of one member",
            "Make `{given}(…)` a term of the household and use its name here",
        ),
        "facts_only": ("`{given}` cannot be used here", "Use facts, readings and parameters with one value only"),
        "every_by_name": (
            "`{given}` can have several outcomes and is not one value",
            "Use a decision with one outcome",
        ),
        "kind_differs": ("{wanted} is expected here, not {own}", "Check the names"),
        "sides_differ": ("{own} cannot be compared with {wanted}", "Check the names"),
        "condition_expected": ("a condition is expected here, not {own}", "Write a comparison, as in `people >= 2`"),
        "number_expected": ("a number is expected here, not {own}", "Check the names"),
        "date_expected": ("a date is expected here, not {own}", "Name a fact that is a date, or `on`"),
        "only_equal": ("a choice or a yes-or-no is not less or more than another", "Use `==` or `!=` only"),
        "unit_mismatch": (
            "the units differ: {own} and {wanted}",
            "Multiply or divide by the parameter that turns one into the other",
        ),
        "unit_of_line": (
            "the line is in {own}, not in {wanted}",
            "Multiply or divide by the parameter that turns one into the other, or mend `unit`",
        ),
        "step_not_positive": (
            "what is rounded to must be a fixed number above 0",
            "For two decimals write `round_half_up(x, 0.01)`",
        ),
        "divisor_not_positive": (
            "a divisor in `{given}` may not be positive: it is from {least} to {most}",
            "Make it certainly positive, as in `max(1, x)` or `1 + count(…)`",
        ),
        "divisor_of_member": (
            "what is summed cannot be divided by each member's own number",
            "Sum first, then divide by one number",
        ),
        # Households
        "lone_surrogate": (
            "`{given}` holds half a character, which can be neither shown nor stored",
            "Write the text again; if a program gives it, check whether it cuts texts inside a character",
        ),
        "household_not_mapping": ("a household is a mapping of facts, not {given}", "Give facts by their names"),
        "fact_key": ("the name of a fact is a text, not `{given}`", "Write the name of the fact, as in `residence`"),
        "unknown_fact": (
            "there is no fact `{given}`",
            "Check the name; facts of members stand under `members`, those of the household outside",
        ),
        "fact_twice": ("`{given}` and `{other}` are the same fact, given twice", "Keep one of them"),
        "fact_not_one_value": ("“{title}” is one value", "Write one value, not a list or a mapping"),
        "fact_number": (
            "“{title}” is a number, not `{given}`",
            "Write digits, a decimal point and a minus only, as in `36000` or `36000.50`",
        ),
        "fact_outside": ("“{title}” is `{given}`, not between {least} and {most}", "Check the amount and its unit"),
        "fact_decimals": ("“{title}” is `{given}`, with more than {decimals} decimals", "Check the decimal point"),
        "fact_yes_no": (
            "“{title}” is yes or no, not `{given}`",
            "Write `yes` or `no`; leave it empty if it is not known",
        ),
        "unknown_fact_option": ("“{title}” has no option `{given}`", "The options: {known}"),
        "fact_unusual": (
            "{title} is {given} {unit}; usual is {least} to {most}",
            "Check amount and unit (yuan, month, year); leave it if it is right",
        ),
        "fact_renamed": ("`{given}` is the earlier word for {title} (`{now}`)", "Use the present word next time"),
        "option_renamed": (
            "`{given}` is the earlier word for the option {now} of {title}",
            "Use the present word next time",
        ),
        "derived_outside": (
            "“{title}”, worked out from other facts, is not between {least} and {most}",
            "Check those facts, or give “{title}” itself",
        ),
        "must_broken": ("no household is like this: {given}", "Check the members and their facts"),
        "members_missing": ("there are no members", "List them under `members`, the worker among them, {most} at most"),
        "members_too_many": (
            "there are {given} members, more than {most}",
            "Check whether several households are in one",
        ),
        "members_not_list": ("members are a list", "Begin each with `- `, as in `- {{relation: self}}`"),
        "member_not_mapping": (
            "a member is `fact: value`",
            "Write `{{relation: self}}`, say; `{{}}` where nothing is known",
        ),
        "text_only": ("one text is expected here", "Write no list and no mapping"),
        "policy_differs": (
            "the household is for the policy `{given}`, and this is `{policy}`",
            "Use `{given}`, or mend `policy` in the household",
        ),
        "on_differs": (
            "the household says the day {given}, the caller {other}",
            "Make them the same, or leave one out",
        ),
        "on_outside": (
            "the day {given} is outside the window of the policy `{policy}` ({start} to {end})",
            "Check the day, or use the policy in force on it",
        ),
        "output_is_read": (
            "`{given}` is one of the files that are read, and is not written over",
            "Choose another name",
        ),
        # A register's own soundness
        "household_twice": (
            "one household has {count} rows: {places}",
            "Make them one, or mend the key of another household",
        ),
        "member_of_no_household": (
            "the household of {count} members is not among the households: {places}",
            "Add the household, or mend the members' key",
        ),
        "household_without_worker": ("{count} households have no worker: {places}", "Enter the worker as `self`"),
        "household_of_workers": (
            "one household has {count} workers: {places}",
            "Only one is `self`; say what the others are",
        ),
        "person_twice_in_one": (
            "one person stands {count} times in a household: {places}",
            "Keep one row, or check the number",
        ),
        "person_worker_of_two": ("one worker has {count} files: {places}", "Find out which, and keep one"),
        "spouses_with_two_files": (
            "two spouses have a file each, and each is the spouse in the other's: {places}",
            "Find out, and make them one household",
        ),
        "worker_elsewhere": (
            "the worker of one file is a member of another: {places}",
            "Find out where the person counts",
        ),
        "person_in_two": ("one person counts in {count} households: {places}", "Find out in which one"),
        "person_not_told": ("{count} members have no number to tell who they are: {places}", "Fill the number in"),
    }
)
