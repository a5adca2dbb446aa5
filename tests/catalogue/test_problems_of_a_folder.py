"""What `city check` says: one sentence for each error, where it stands, and what to do."""

import os
import re

import pytest
from tiny_city import SERVICE_FILE, Town

from yimen.catalogue.loader import load_folder

# file, words to replace, by what, words of the line that is blamed, words of the sentence

CASES: list[tuple[str, str, str, str, str, str]] = [
    # the city
    ("unknown key", "city.toml", "currency =", "curency =", "curency =",
     "unknown key 'curency'; did you mean 'currency'?"),
    ("missing key", "city.toml", 'currency = "CNY"\n', "", "code =",
     "'currency' is missing; it must be three capitals"),
    ("wrong type", "city.toml", 'code = "town"', "code = 5", "code = 5",
     "'code' must be small letters, digits and '-', such as 'joint-review', not a number"),
    ("missing language", "city.toml", '{ zh = "小城", en = "Town" }', '{ zh = "小城" }', "title =",
     "'title' in the language 'en' is missing"),
    ("empty language", "city.toml", 'en = "Town" }', 'en = " " }', "title =",
     "'title' in the language 'en' must be a text that is not empty"),
    ("strange language", "city.toml", 'en = "Town" }', 'en = "Town", fr = "Ville" }', "title =",
     "'fr' is not a language of this city; it has 'zh', 'en'"),
    ("bad language", "city.toml", '["zh", "en"]', '["zh", "English"]', "languages =",
     "'English' is not a language; write two small letters"),
    ("time zone", "city.toml", "Asia/Shanghai", "Asia/Shanghia", "time_zone",
     "time zone 'Asia/Shanghia' does not exist; did you mean 'Asia/Shanghai'?"),
    ("bad currency", "city.toml", '"CNY"', '"yuan"', "currency", "'currency' is 'yuan'; it must be"),
    ("pale colour", "city.toml", "#0B6B50", "#FFAA00", "colours",
     "the colour 'action' #FFAA00 has a contrast of 1.9 on white (#FFFFFF); text needs 4.5"),
    ("pale on paper only", "city.toml", "#0B6B50", "#767676", "colours",
     "has a contrast of 4.2 on paper (#F7F5F0)"),
    ("no colour", "city.toml", 'action = "#0B6B50"', 'action = "green"', "colours",
     "'action' is 'green'; it must be a colour"),
    ("colours missing", "city.toml", 'colours = { accent = "#A8321F", action = "#0B6B50" }\n', "",
     "code =", "'colours' is missing"),
    ("no emblem", "city.toml", 'currency', 'emblem = "door.svg"\ncurrency', "emblem",
     "the emblem 'door.svg' is not an SVG file beside city.toml"),
    ("bad right", "city.toml", '"case.opine"', '"case.opinion"', "rights",
     "right 'case.opinion' does not exist; did you mean 'case.opine'?"),
    ("strange right", "city.toml", '"case.opine"', '"opine"', "rights",
     "'opine' is not a right; rights are written as 'case.read'"),
    ("double role", "city.toml", 'key = "clerk"', 'key = "officer"', "@2:key = \"officer\"",
     "key 'officer' is declared twice, first in line"),
    ("kind of mending", "city.toml", 'kind = "revoke"', 'kind = "revok"', "revok",
     "'kind' is 'revok'; it must be one of 'revoke', 'correct'; did you mean 'revoke'?"),
    ("double mending", "city.toml", 'key = "slip"', 'key = "deceit"', "@2:key = \"deceit\"",
     "key 'deceit' is declared twice, first in line"),
    ("no more days", "city.toml", "more_days = 4", "more_days = 0", "more_days",
     "'more_days' is 0; it must be a whole number, 1 or more, at most 60"),
    ("late in one language", "city.toml", ', en = "You can complain"', "", "complain",
     "'complain' in the language 'en' is missing"),
    ("double delay", "city.toml", 'key = "flood"', 'key = "many"', "@2:key = \"many\"",
     "key 'many' is declared twice, first in line"),
    ("unknown watcher", "city.toml", 'who = "officer"', 'who = "oficer"', "oficer",
     "'who' is 'oficer'; it must be one of 'officer', 'head', 'supervisor'; did you mean"),
    ("before and after", "city.toml", "before = 2", "before = 2\nafter = 2", "[[watch]]",
     "write either 'before' or 'after', with a number of working days"),
    ("neither before nor after", "city.toml", "before = 2\n", "", "[[watch]]",
     "write either 'before' or 'after', with a number of working days"),
    ("watched for ever", "city.toml", "after = 1", "after = 99", "after = 99",
     "'after' is 99; it must be a whole number, 1 or more, at most 60"),
    ("watched twice", "city.toml", 'who = "supervisor"\nof = "statutory"',
     'who = "officer"\nof = "promised"', "@2:of = \"promised\"",
     "the officer watches the promised day twice; remove one"),
    ("bad icon", "city.toml", '"hand-heart"', '"Hand Heart"', "Hand Heart",
     "'icon' is 'Hand Heart'; it must be the name of a Lucide icon"),
    # agencies, divisions, calendar, amounts
    ("double agency", "agencies.toml", 'code = "housing"', 'code = "town-hall"',
     "@2:code = \"town-hall\"", "code 'town-hall' is declared twice, first in line 2"),
    ("unknown parent", "agencies.toml", 'parent = "town-hall"', 'parent = "town-hal"',
     'parent = "town-hal"', "agency 'town-hal' is not declared; did you mean 'town-hall'?"),
    ("ends before it begins", "agencies.toml", 'kind = "bureau"',
     'kind = "bureau"\nfrom = 2004-01-01\nuntil = 2003-01-01\nsuccessor = "town-hall"', "until =",
     "'until' is 2003-01-01; it must be after 'from', 2004-01-01"),
    ("unknown successor", "agencies.toml", 'kind = "bureau"',
     'kind = "bureau"\nuntil = 2003-01-01\nsuccessor = "town-hal"', "successor =",
     "agency 'town-hal' is not declared; did you mean 'town-hall'?"),
    ("successor without a day", "agencies.toml", 'kind = "bureau"',
     'kind = "bureau"\nsuccessor = "town-hall"', "successor =",
     "a successor takes over on a day; write it, such as until = 2004-07-01"),
    ("its own successor", "agencies.toml", 'kind = "neighbourhood"',
     'kind = "neighbourhood"\nuntil = 2003-01-01\nsuccessor = "north-office"', "successor =",
     "the agency 'north-office' comes after itself by way of 'north-office'"),
    ("unknown kind", "agencies.toml", '"bureau"', '"burau"', "burau",
     "'kind' is 'burau'; it must be one of 'government', 'commission'"),
    ("unknown division", "agencies.toml", '"310101001"', '"310101002"', "310101002",
     "division '310101002' is not declared; did you mean '310101001'?"),
    ("bad site", "agencies.toml", "https://town.example", "town.example", "site",
     "'site' is 'town.example'; it must be an address"),
    ("wrong header", "divisions.csv", "code,level", "code,levels", "code,levels",
     "the header is 'code,levels,parent,zh,en'; it must be 'code,level,parent,zh,en'"),
    ("wrong width", "divisions.csv", "310101,district,310000,东区,East", "310101,district,310000",
     "310101,district", "the row has 3 values; it must have 5"),
    ("bad division code", "divisions.csv", "310101001001,", "one,", "one,",
     "code 'one' is not a division's code"),
    ("bad level", "divisions.csv", "committee", "comittee", "comittee",
     "level 'comittee' must be one of 'city', 'district', 'subdistrict', 'committee'; did you"),
    ("name missing", "divisions.csv", "东区,East", ",East", ",East",
     "the name in the language 'zh' is missing"),
    ("division twice", "divisions.csv", "310101001001,committee,310101001,一村,",
     "310101001,committee,310101001,一村,", "一村", "code '310101001' is declared twice, first in line 4"),
    ("parent gone", "divisions.csv", "committee,310101001,", "committee,310101009,", "一村",
     "parent '310101009' is not declared; did you mean"),
    ("parent too high", "divisions.csv", "committee,310101001,", "committee,310101,", "一村",
     "parent '310101' is a district; a committee needs a subdistrict"),
    ("city with parent", "divisions.csv", "city,,", "city,310101,", "310000,city",
     "a city has no parent, but '310101' is given"),
    ("not CSV", "divisions.csv", "一村", '"一村', "", "is not CSV"),
    ("no day", "calendar.csv", "2004-10-01", "2004-13-01", "2004-13-01",
     "'2004-13-01' is not a date; write it as 2004-10-01"),
    ("no kind of day", "calendar.csv", "holiday", "holliday", "holliday",
     "kind 'holliday' must be 'holiday' or 'workday'"),
    ("day twice", "calendar.csv", "2004-10-09", "2004-10-01", "workday",
     "2004-10-01 is declared twice"),
    ("amount twice", "standards.toml", "2005-01-01", "2004-01-01", "@2:since",
     "'rent_help' is declared twice from 2004-01-01"),
    ("another unit", "standards.toml", "CNY/month", "CNY/year", "@2:unit",
     "'rent_help' has another unit, 'CNY/year', above"),
    ("amount below zero", "standards.toml", '"300.00"', '"-300.00"', "-300.00",
     "'amount' is -300.00; an amount cannot be below zero"),
    ("amount too fine", "standards.toml", '"300.00"', '"300.005"', "300.005",
     "'amount' is 300.005; an amount has at most two decimals"),
    ("no amount", "standards.toml", '"300.00"', '"much"', "much",
     "'amount' is 'much'; it must be a number"),
    ("date in quotes", "standards.toml", "2004-01-01", '"2004-01-01"', "since",
     "'since' must be a date without quotes, such as 2004-07-01, not text"),
    # data sets
    ("code and file", "datasets/household.toml", 'code = "household"', 'code = "home"', 'code = "home"',
     "code 'home' must be 'household' as the file's name"),
    ("unknown owner", "datasets/household.toml", '"town-hall"', '"townhall"', "owner",
     "agency 'townhall' is not declared; did you mean 'town-hall'?"),
    ("reserved column", "datasets/household.toml", 'key = "account"', 'key = "as_of"', "as_of",
     "'as_of' is a column of every data set"),
    ("double column", "datasets/household.toml", 'key = "account"', 'key = "income"', "@2:key = \"income\"",
     "key 'income' is declared twice"),
    ("bad column", "datasets/household.toml", 'key = "account"', 'key = "Bank-Account"', "Bank-Account",
     "'key' is 'Bank-Account'; it must be small letters, digits and '_'"),
    ("min above max", "datasets/household.toml", "min = 1\n", "min = 30\n", "min = 30",
     "'min' is 30, more than 'max', which is 20"),
    ("length of a number", "datasets/household.toml", "min = 1\n", "max_length = 5\n", "max_length",
     "'max_length' means nothing for the kind 'integer'; remove it"),
    ("choice without options", "datasets/household.toml", 'kind = "text"', 'kind = "choice"',
     "@4:[[fields]]", "a choice needs its options"),
    ("options twice", "datasets/household.toml", 'value = "owned"', 'value = "rented"', "Owned",
     "value 'rented' is declared twice"),
    # services
    ("unknown agency", SERVICE_FILE, '"housing"', '"housin"', "agency",
     "agency 'housin' is not declared; did you mean 'housing'?"),
    ("unknown process", SERVICE_FILE, '"review"', '"reviw"', "process",
     "process 'reviw' is not declared; did you mean 'review'?"),
    ("unknown life event", SERVICE_FILE, '"hardship"', '"hardhip"', "life_events",
     "life event 'hardhip' is not declared; did you mean 'hardship'?"),
    ("unknown audience", SERVICE_FILE, '["registered"]', '["registerd"]', "audience",
     "'audience' is 'registerd'; it must be one of 'registered', 'floating'"),
    ("no audience", SERVICE_FILE, '["registered"]', "[]", "audience", "'audience' is empty"),
    ("channel twice", SERVICE_FILE, '["portal", "counter"]', '["portal", "portal"]', "channels",
     "'portal' stands twice in 'channels'"),
    ("not a list", SERVICE_FILE, '["portal", "counter"]', '"portal"', "channels",
     "'channels' must be a list of words, not text"),
    ("code and folder", SERVICE_FILE, 'code = "rent-help"', 'code = "help-rent"', "help-rent",
     "code 'help-rent' must be 'rent-help' as its folder's name"),
    ("no version", SERVICE_FILE, "version = 1", "version = 0", "version",
     "'version' is 0; it must be a whole number, 1 or more"),
    ("truth as number", SERVICE_FILE, "version = 1", "version = true", "version",
     "'version' must be a whole number, 1 or more, at most 100000, not true or false"),
    ("number as truth", SERVICE_FILE, "required = false", "required = 0", "required = 0",
     "'required' must be true or false, not a number"),
    ("unknown subject", SERVICE_FILE, 'subject = "person"', 'subject = "household"', "subject",
     "'subject' must be 'person' or 'organisation'"),
    ("unknown binding", SERVICE_FILE, 'process = "review"',
     'process = "review"\nbindings = { partner = "housing" }', "bindings",
     "binding 'partner' is not a lane of the process 'review'; remove it"),
    ("binding to nobody", SERVICE_FILE, 'process = "review"',
     'process = "review"\nbindings = { partner = "housin" }', "bindings",
     "agency 'housin' is not declared"),
    ("binding no code", SERVICE_FILE, 'process = "review"',
     'process = "review"\nbindings = { partner = 1 }', "bindings",
     "'partner' must be the code of an agency in quotes"),
    ("negative limit", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_days = -1 }", "promised",
     "'working_days' is -1; it must be a whole number, 0 or more"),
    ("promise too long", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_days = 21 }", "promised",
     "the promised limit of 21 working_days is longer than the statutory one of 20 working_days"),
    ("promise too long in other days", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { calendar_days = 29 }", "promised",
     "the promised limit of 29 calendar_days is longer than the statutory one of 20 working_days "
     "(five working days count as seven calendar days, a month as its fewest or most)"),
    ("limit in both", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_days = 5, calendar_days = 7 }", "promised",
     "has 'working_days', 'calendar_days'; keep one"),
    ("promise too long in months", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { months = 1 }", "promised",
     "the promised limit of 1 months is longer than the statutory one of 20 working_days"),
    ("limit in weeks", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_weeks = 2 }", "promised", "unknown key 'working_weeks'; did you mean"),
    ("extension in other days", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_days = 10 }\nextension = { calendar_days = 10 }", "extension",
     "an extension is added to both limits; give all three one unit"),
    ("extension of nothing", SERVICE_FILE, "promised = { working_days = 10 }",
     "promised = { working_days = 10 }\nextension = { working_days = 0 }", "extension",
     "an extension has at least one day; leave it out"),
    ("no limits", SERVICE_FILE, "[limits]", "[limit]", "[limit]",
     "unknown key 'limit'; did you mean 'limits'?"),
    ("no fee", SERVICE_FILE, '[fee]\namount = "0.00"\n', "", "code =", "'fee' is missing"),
    ("remedy after none", SERVICE_FILE, "limit = { calendar_days = 60",
     'counts_from = "earlier_remedy"\nlimit = { calendar_days = 60', "counts_from",
     "the first remedy has no earlier one to count from"),
    ("record of another set", SERVICE_FILE, 'from = "household"\n',
     'from = "household"\nfrom_when = "person.age > 60"\n', "from_when",
     "'from_when': 'person.age' is not of the data set 'household' of 'from'"),
    ("record that never says so", SERVICE_FILE, 'from = "household"\n',
     "from = \"household\"\nfrom_when = \"household.tenure = 'renting'\"\n", "from_when",
     "'household.tenure' is never 'renting'"),
    ("record without its set", SERVICE_FILE, 'key = "lease"\n',
     'key = "lease"\nfrom_when = "household.members > 1"\n', "from_when",
     "says when a record stands in; name its data set in 'from'"),
    ("no remedies", SERVICE_FILE, "[[remedies]]", "[[remedy]]", "code =",
     "no [[remedies]] are declared; a refusal must name one"),
    # expressions
    ("unknown word", SERVICE_FILE, "household.income /", "household.incom /", "incom /",
     "'when': 'household.incom' is not a word that is declared; did you mean 'household.income'?"),
    ("unknown standard", SERVICE_FILE, "standard('rent_help')", "standard('rent_hlp')", "rent_hlp",
     "'when': standard 'rent_hlp' is not declared; did you mean 'rent_help'?"),
    ("mixed types", SERVICE_FILE, "household.tenure = 'rented'", "household.tenure = 5", "tenure = 5",
     "'when': a number stands where a text is needed"),
    ("value that never is", SERVICE_FILE, "household.tenure = 'rented'", "household.tenure = 'renting'",
     "renting", "'household.tenure' is never 'renting'; it is one of 'rented', 'owned'; did you"),
    ("value in a list that never is", SERVICE_FILE, "household.tenure = 'rented'",
     "not (household.members > 1 and household.tenure in ('rented', 'lent'))", "lent",
     "'household.tenure' is never 'lent'"),
    ("outside the language", SERVICE_FILE, "household.tenure = 'rented'",
     "household.tenure like 'rent%'", "like", "is not in the language of expressions"),
    ("Python", SERVICE_FILE, "household.tenure = 'rented'", "__import__('os').system('true')",
     "__import__", "'when':"),
    ("a query", SERVICE_FILE, "household.tenure = 'rented'", "household.members = (select 1)",
     "select", "is not in the language of expressions"),
    ("no question", SERVICE_FILE, "household.tenure = 'rented'", "household.members + 1",
     "members + 1", "is not a yes-or-no question"),
    ("when a firm's record", SERVICE_FILE, "household.tenure = 'rented'", "firm.name = 'A'", "firm.name",
     "'firm.name' is not a word that is declared"),
    ("when a record decides", SERVICE_FILE, "answer.reason = 'other'", "household.tenure = 'rented'",
     "@2:household.tenure", "a question depends only on 'answer.<key>' before it"),
    ("when misspelt", SERVICE_FILE, "answer.reason = 'other'", "answer.reson = 'other'", "reson",
     "'answer.reson' is not a question; did you mean 'answer.reason'?"),
    ("when a later answer", SERVICE_FILE, "answer.reason = 'other'", "answer.account = 'x'", "answer.account = ",
     "'answer.account' is asked later, or depends on this; move the question up"),
    ("when never", SERVICE_FILE, "answer.reason = 'other'", "answer.reason = 'others'", "others",
     "'answer.reason' is never 'others'; it is one of 'work', 'other'; did you mean 'other'?"),
    # forms
    ("key twice", SERVICE_FILE, 'key = "rent"\n', 'key = "members"\n', "@2:key = \"members\"",
     "key 'members' is declared twice"),
    ("no data set", SERVICE_FILE, '"household.members"', '"houshold.members"', "houshold",
     "data set 'houshold' is not declared; did you mean 'household'?"),
    ("no field", SERVICE_FILE, '"household.members"', '"household.member"', "household.member\"",
     "field 'member' is not declared in the data set 'household'; did you mean 'members'?"),
    ("no dot", SERVICE_FILE, '"household.members"', '"household"', 'from = "household"',
     "'from' is 'household'; it must be 'data_set.field'"),
    ("kind of the record", SERVICE_FILE, '"household.members"', '"household.account"',
     'from = "household.account"', "the question is of the kind 'integer', but the record is 'text'"),
    ("firm's record", SERVICE_FILE, '"household.account"', '"firm.name"', "firm.name",
     "'firm' holds organisations; a person applies for this"),
    ("no such person's field", SERVICE_FILE, '"household.account"', '"person.nam"', "person.nam",
     "field of the person 'nam' is not declared; did you mean 'name'?"),
    ("person's field of another kind", SERVICE_FILE, '"household.members"', '"person.name"', "person.name",
     "the question is of the kind 'integer', but the register is 'text'"),
    ("from a later answer", SERVICE_FILE, '"household.members"', '"answer.rent"', "answer.rent\"",
     "'rent' is asked later, or is filled in from this"),
    ("from no answer", SERVICE_FILE, '"household.members"', '"answer.rnt"', "answer.rnt",
     "question 'rnt' is not declared"),
    ("from an answer of another kind", SERVICE_FILE, '"household.account"', '"answer.rent"', 'from = "answer.rent"',
     "the question is of the kind 'text', but the answer is 'money'"),
    ("material from nowhere", SERVICE_FILE, 'from = "household"', 'from = "houshold"', "houshold",
     "data set 'houshold' is not declared; did you mean 'household'?"),
    ("material named as a question", SERVICE_FILE, 'key = "lease"', 'key = "rent"', "@2:key = \"rent\"",
     "'rent' is also the key of a question"),
    ("no media type", SERVICE_FILE, 'key = "lease"\n', 'key = "lease"\nmedia_types = ["pdf"]\n', "media_types",
     "'pdf' is not a media type"),
    ("file too large", SERVICE_FILE, 'key = "lease"\n', 'key = "lease"\nmax_bytes = 500000000\n', "max_bytes",
     "'max_bytes' is 500000000; it must be a whole number, 1000 or more, at most 50000000"),
    ("strings wanted", SERVICE_FILE, 'key = "lease"\n', 'key = "lease"\nmedia_types = [1]\n', "media_types",
     "'media_types' must be a list of texts"),
    # result
    ("unknown placeholder", SERVICE_FILE, "{name}：", "{nam}：", "body",
     "the body uses {nam}, which is not known; did you mean 'name'?"),
    ("unknown answer", SERVICE_FILE, "{name}：", "{answer.zzzzzz}：", "body",
     "the body uses {answer.zzzzzz}, which is not known"),
    ("lonely brace", SERVICE_FILE, "{name}：", "{name：", "body", "the body has a brace without its"),
    ("no validity", SERVICE_FILE, "valid_years = 1\n", "", "body",
     "the body uses {valid_until}; say 'valid_years'"),
    # examples
    ("good but not right", "services/rent-help/examples/good.toml", "members = 3", "members = 30",
     "members", "a good example, but 'members' has the error 'too_large'"),
    ("good but without a material", "services/rent-help/examples/good.toml", '["lease", "income-proof"]',
     '["lease"]', "valid", "a good example, but 'income-proof' has the error 'material_missing'"),
    ("bad but right", "services/rent-help/examples/bad.toml", "members = 0", "members = 2",
     'members = "too_small"', "'members' should have the error 'too_small', but is right"),
    ("bad for another reason", "services/rent-help/examples/bad.toml", 'rent = "required"',
     'rent = "not_a_number"', "rent =", "'rent' has the error 'required', not 'not_a_number'"),
    ("bad in more ways", "services/rent-help/examples/bad.toml", 'rent = "required"\n', "", "[expects]",
     "'rent' has the error 'required', which [expects] does not name"),
    ("no error code", "services/rent-help/examples/bad.toml", '"too_small"', '"to_small"', "to_small",
     "'to_small' is not an error code; did you mean 'too_small'?"),
    ("expects of nobody", "services/rent-help/examples/bad.toml", 'rent = "required"',
     'rnt = "required"', "rnt", "question or material 'rnt' is not declared; did you mean 'rent'?"),
    ("good with errors", "services/rent-help/examples/bad.toml", "valid = false", "valid = true",
     "[expects]", "a good example expects no errors"),
    ("bad without errors", "services/rent-help/examples/good.toml", "valid = true", "valid = false",
     "valid", "a bad example must say in [expects] which errors it causes"),
    ("money as a float", "services/rent-help/examples/good.toml", '"500.00"', "500.0", "rent =",
     "'rent' must be written as text, such as \"500.0\", to be exact"),
    ("two answers", "services/rent-help/examples/good.toml", '"500.00"', "[1]", "rent =",
     "'rent' must be one answer"),
    ("unknown material", "services/rent-help/examples/good.toml", '"lease"', '"leas"', "materials",
     "material 'leas' is not declared; did you mean 'lease'?"),
    # shapes
    ("not tables", SERVICE_FILE, "[[remedies]]", "[remedies]", "[remedies]",
     "'remedies' must be written as [[remedies]], not a table"),
    ("not a table", SERVICE_FILE, '[fee]\namount = "0.00"\n', 'fee = "0.00"\n', "fee",
     "'fee' must be a table, such as { amount = \"0.00\" }, not text"),
    ("text not by language", SERVICE_FILE, 'where = { zh = "网上", en = "Online" }', 'where = "Online"', "where",
     "'where' must be { zh = \"...\", en = \"...\" }, not text"),
    ("syntax", SERVICE_FILE, "version = 1", "version = = 1", "version", "is not TOML: Invalid value"),
    ("syntax at the end", SERVICE_FILE, '"Law, art. 20" }', '"Law, art. 20', "art. 20", "is not TOML"),
    ("deep nesting", SERVICE_FILE, "version = 1", "version = " + "[" * 3000 + "]" * 3000, "", "is not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "blamed", "sentence"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_an_error_is_told_with_its_line_and_its_remedy(
    town: Town, file: str, old: str, new: str, blamed: str, sentence: str
) -> None:
    town.edit(file, old, new)
    problems = town.problems()
    found = [problem for problem in problems if sentence in problem]
    assert found, "\n".join(problems)
    where = found[0].split(": ")[0]
    assert where.startswith(file + ":"), found[0]
    if blamed:
        assert where == f"{file}:{_line(town, file, blamed)}"


def _line(town: Town, file: str, blamed: str) -> int:
    """Return the line of the words; ``@2:words`` is their second occurrence."""
    nth = 1
    if blamed.startswith("@"):
        nth, blamed = int(blamed[1]), blamed[3:]
    lines = town.read(file).split("\n")
    return [n for n, line in enumerate(lines, 1) if blamed in line][nth - 1]


def test_a_folder_without_errors_has_none(town: Town) -> None:
    assert town.problems() == []


def test_every_error_of_a_folder_is_told_at_once(town: Town) -> None:
    town.edit("city.toml", "currency =", "curency =")
    town.edit("agencies.toml", '"bureau"', '"burau"')
    town.edit(SERVICE_FILE, '"housing"', '"housin"')
    town.edit(SERVICE_FILE, "[[remedies]]", "[[remedy]]")
    town.edit("processes/review.bpmn", 'yimen:kind="decision"', 'yimen:kind="decide"')
    town.write("services/rent-help/examples/good.toml", "says = 1")
    files = {problem.split(":")[0] for problem in town.problems()}
    assert files == {
        "city.toml", "agencies.toml", SERVICE_FILE, "processes/review.bpmn",
        "services/rent-help/examples/good.toml",
    }  # fmt: skip


def test_one_error_is_not_told_again_where_it_is_used(town: Town) -> None:
    town.edit("datasets/household.toml", "refresh =", "refresh = =")
    town.edit("processes/review.bpmn", "</bpmn:process>", "")
    problems = town.problems()
    assert len(problems) == 2
    assert all("is not" in problem for problem in problems)


def test_a_city_that_cannot_be_read_still_has_its_other_errors_told(town: Town) -> None:
    town.edit("city.toml", "currency", "= currency")
    town.edit("agencies.toml", '"bureau"', '"burau"')
    files = [problem.split(":")[0] for problem in town.problems()]
    assert files == ["agencies.toml", "city.toml"]


def test_circles_of_questions_are_named(town: Town) -> None:
    town.edit(SERVICE_FILE, 'key = "members"\n', 'key = "members"\nwhen = "answer.rent = 1"\n')
    town.edit(SERVICE_FILE, 'key = "rent"\n', 'key = "rent"\nfrom = "answer.members"\n')
    told = [p for p in town.problems() if "wait for each other" in p]
    assert len(told) == 2
    assert "'members' -> 'rent' -> 'members'; break the circle" in told[0]


def test_an_answer_may_be_proposed_from_an_earlier_one(town: Town) -> None:
    town.edit(
        SERVICE_FILE,
        'key = "rent"\nkind = "money"',
        'key = "rent"\nkind = "integer"\nfrom = "answer.members"',
    )
    town.edit("services/rent-help/examples/good.toml", '"500.00"', "500")
    field = town.service().field_by_key("rent")
    assert field is not None
    assert (field.from_answer, field.from_record) == ("members", "")


def test_agencies_may_not_stand_above_themselves(town: Town) -> None:
    town.edit("agencies.toml", 'code = "town-hall"\n', 'code = "town-hall"\nparent = "housing"\n')
    told = town.problems()
    assert any("the agency 'town-hall' stands above itself by way of 'housing'" in p for p in told)


def test_a_missing_file_is_told(town: Town) -> None:
    town.remove("services/rent-help/guide.en.md").remove("agencies.toml")
    assert town.problems() == [
        "agencies.toml:1: is missing; every city has one",
        "services/rent-help/guide.en.md:1: is missing; every service has a guide in each language",
    ]


def test_an_empty_folder_is_told_what_it_needs(town: Town) -> None:
    for path in sorted(p for p in town.folder.rglob("*") if p.is_file()):
        path.unlink()
    assert [p.split(":")[0] for p in town.problems()] == ["agencies.toml", "city.toml"]


def test_a_service_folder_without_a_declaration_is_told(town: Town) -> None:
    town.write("services/other/guide.zh.md", "x")
    assert "services/other/service.toml:1: is missing from its folder" in town.problems()


def test_a_guide_in_a_strange_language_or_without_words_is_told(town: Town) -> None:
    town.write("services/rent-help/guide.fr.md", "x").write("services/rent-help/guide.en.md", " \n")
    assert town.problems() == [
        "services/rent-help/guide.en.md:1: is empty; say who can apply and how",
        "services/rent-help/guide.fr.md:1: 'fr' is not a language of this city",
    ]


def test_times_are_not_days(town: Town) -> None:
    town.edit(SERVICE_FILE, "version = 1", "version = 1\nclosed_since = 2004-07-01T00:00:00")
    assert any("'closed_since' must be a date without quotes" in p for p in town.problems())


def test_limits_in_months_are_read(town: Town) -> None:
    town.edit(SERVICE_FILE, "limit = { calendar_days = 60", "limit = { months = 6")
    (remedy,) = town.service().remedies
    assert (remedy.limit.days, str(remedy.limit.unit)) == (6, "months")


def test_an_extension_is_read_and_may_be_left_out(town: Town) -> None:
    assert town.service().extension is None
    more = "promised = { working_days = 10 }"
    town.edit(
        SERVICE_FILE, more, f"{more}\nextension = {{ working_days = 10, source = 'art. 42' }}"
    )
    extension = town.service().extension
    assert extension is not None and (extension.days, extension.source) == (10, "art. 42")


def test_limits_in_calendar_days_are_read(town: Town) -> None:
    town.edit(SERVICE_FILE, "promised = { working_days = 10 }", "promised = { calendar_days = 28 }")
    assert str(town.service().promised.unit) == "calendar_days"


def test_a_city_of_one_language_is_a_city(town: Town) -> None:
    for path in ("city.toml", "agencies.toml", "standards.toml", "datasets/household.toml",
                 "datasets/firm.toml", SERVICE_FILE, "services/rent-help/examples/good.toml",
                 "services/rent-help/examples/bad.toml"):  # fmt: skip
        text = town.read(path)
        town.write(path, re.sub(r'zh = "[^"]*", ', "", text).replace('["zh", "en"]', '["en"]'))
    bpmn = town.read("processes/review.bpmn")
    town.write("processes/review.bpmn", re.sub(r'yimen:zh="[^"]*" ', "", bpmn))
    town.remove("services/rent-help/guide.zh.md")
    town.write(
        "divisions.csv", "code,level,parent,en\n310101,city,,Town\n310101001,district,310101,N\n"
    )
    town.write("calendar.csv", "date,kind,en\n2004-10-01,holiday,National Day\n")
    city = town.city()
    assert city.languages == ("en",)
    assert city.title["zh-hans"] == "Town"


# The files of a folder


def test_other_files_are_told_apart(town: Town) -> None:
    town.write("services/rent-help/services.toml", "")
    town.write("pension.toml", "")
    town.write("review.bpmn", "")
    town.write("services/Rent/service.toml", "")
    town.write(".DS_Store", b"\xff")
    assert town.problems() == [
        "pension.toml:1: is not a file of a city's folder; data sets are datasets/<code>.toml",
        "review.bpmn:1: is in the wrong place or has capitals in its name; diagrams are "
        "processes/<code>.bpmn",
        "services/Rent/service.toml:1: is not a file of a city's folder; move or remove it",
        "services/rent-help/services.toml:1: is not a file of a city's folder; did you mean "
        "'service.toml'?",
    ]


@pytest.mark.parametrize("path", ["city.toml", "divisions.csv", "processes/review.bpmn",
                                  "services/rent-help/guide.zh.md"])  # fmt: skip
def test_what_is_not_plain_utf_8_is_told(town: Town, path: str) -> None:
    good = town.read(path).encode()
    town.write(path, b"\xef\xbb\xbf" + good)
    assert (
        f"{path}:1: begins with a byte order mark; save it as UTF-8 without one" in town.problems()
    )
    town.write(path, b"a\n" + "城".encode("gb18030") + good)
    assert f"{path}:2: byte 3 (0xB3) is not UTF-8; save it as UTF-8" in town.problems()


def test_windows_lines_are_lines(town: Town) -> None:
    text = town.read(SERVICE_FILE).replace("\n", "\r\n").replace('"housing"', '"housin"')
    town.write(SERVICE_FILE, text)
    line = town.line(SERVICE_FILE, "housin")
    assert town.problems()[0].startswith(f"{SERVICE_FILE}:{line}: agency 'housin'")


def test_a_huge_file_is_refused_unread(town: Town) -> None:
    with (town.folder / "city.toml").open("ab") as file:
        file.truncate(3_000_000)
    assert (
        "city.toml:1: has 3,000,000 bytes; a file of this kind has at most 2,000,000"
        in town.problems()
    )


def test_links_out_of_the_folder_are_refused(town: Town, tmp_path: object) -> None:
    secret = town.folder.parent / "secret.md"
    secret.write_text("x")
    guide = town.folder / "services/rent-help/guide.en.md"
    guide.unlink()
    guide.symlink_to(secret)
    (town.folder / "README.md").symlink_to(town.folder / "nothing")
    told = town.problems()
    assert "services/rent-help/guide.en.md:1: is a link that leads out of the folder; put the " \
        "file itself here" in told  # fmt: skip
    assert "README.md:1: is a link that leads to no file; remove it" in told


def test_links_inside_the_folder_are_followed(town: Town) -> None:
    (town.folder / "README.md").symlink_to(town.folder / "city.toml")
    assert town.problems() == []


def test_a_folder_that_is_a_link_is_not_entered(town: Town) -> None:
    (town.folder / "processes" / "more").symlink_to("/etc")
    assert town.problems() == [
        "processes/more:1: is a link that leads out of the folder; put the file itself here"
    ]


def test_a_pipe_does_not_keep_the_check_waiting(town: Town) -> None:
    os.mkfifo(town.folder / "README.md")
    assert town.problems() == ["README.md:1: is not a file; remove it"]


def test_a_name_that_is_not_text_is_told(town: Town) -> None:
    (town.folder / os.fsdecode(b"\xff.toml")).write_text("")
    assert any("has a name that is not plain text; rename it" in p for p in town.problems())


def test_a_file_that_may_not_be_read_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (town.folder / "city.toml").chmod(0)
    assert "city.toml:1: cannot be read: Permission denied" in town.problems()


# The emblem

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{}</svg>'


def test_an_emblem_is_a_drawing(town: Town) -> None:
    town.edit("city.toml", "currency", 'emblem = "door.svg"\ncurrency')
    town.write("door.svg", SVG.format('<path d="M1 1h2"/>'))
    assert town.city().emblem == "door.svg"


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        (SVG.format("<script>alert(1)</script>"), "<script> may not stand in an emblem"),
        (SVG.format('<path d="M1" onclick="x()"/>'), "'onclick' may not stand in an emblem"),
        (SVG.format('<image href="http://x"/>'), "<image> may not stand in an emblem"),
        ("<html/>", "is not an SVG drawing"),
        ("<svg", "is not XML"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), "has a document type"),
    ],
)
def test_an_emblem_can_do_nothing(town: Town, drawing: str, sentence: str) -> None:
    town.edit("city.toml", "currency", 'emblem = "door.svg"\ncurrency')
    town.write("door.svg", drawing)
    assert any(sentence in problem for problem in town.problems())


# What is seldom


def test_what_is_seldom_wrong_is_told_too(town: Town) -> None:
    town.edit("city.toml", '"#A8321F"', '"red"')
    text = town.read("city.toml")
    town.write("city.toml", text[: text.index("[[life_events]]")])
    town.edit("datasets/firm.toml", '"firm"', '"person"')
    town.write("datasets/empty.toml", town.read("datasets/firm.toml").split("[[fields]]")[0])
    town.write("services/rent-help/examples/bad.toml", "= 1")
    town.edit(SERVICE_FILE, 'key = "lease"\n', 'key = "lease"\nrequired = "yes"\n')
    town.edit(SERVICE_FILE, 'title = { zh = "补贴通知", en = "Notice" }', "title = 1")
    town.edit(SERVICE_FILE, "summary = {", "summery = {")
    told = "\n".join(town.problems())
    for sentence in (
        "'accent' is 'red'; it must be a colour, such as '#A8321F'",
        "no [[life_events]] is declared; add at least one",
        "code 'person' must be 'firm' as the file's name",
        "'person' is a word of the expressions; choose another code",
        "no [[fields]] are declared; add at least one",
        "examples/bad.toml:1: is not TOML",
        "'required' must be true or false, not text",
        '\'summary\' is missing; it must be { zh = "...", en = "..." }',
        "unknown key 'summery'; did you mean 'summary'?",
    ):
        assert sentence in told, sentence


def test_empty_texts_wrong_numbers_and_stray_kinds_are_told(town: Town) -> None:
    town.edit("datasets/household.toml", "min = 1\n", "min = [1]\nscale = 1\n")
    town.edit("datasets/household.toml", "max = 20\n", 'max = "inf"\n')
    town.edit(SERVICE_FILE, 'agency = "housing"', 'agency = ""')
    town.edit(SERVICE_FILE, 'life_events = ["home", "hardship"]', 'life_events = "home"')
    town.edit(SERVICE_FILE, 'audience = ["registered"]', "audience = [1]")
    town.edit(SERVICE_FILE, '[fee]\namount = "0.00"', '[fee]\nsource = "x"')
    town.edit(SERVICE_FILE, "[[criteria]]\nkey", "[[criteria]]\nwhat")
    told = "\n".join(town.problems())
    for sentence in (
        "'min' must be a number, such as 5 or \"290.00\", not a list",
        "'max' is 'inf'; it must be a number",
        "'scale' means nothing for the kind 'integer'; remove it",
        "'agency' is empty; it must be the code of an agency",
        "'life_events' must be a list of texts, such as [\"...\"], not text",
        "'audience' is a number; it must be one of",
        "'amount' is missing",
        "'key' is missing",
        "unknown key 'what'",
    ):
        assert sentence in told, sentence


def test_a_service_without_limits_result_or_kind_is_told(town: Town) -> None:
    text = town.read(SERVICE_FILE)
    limits = text[text.index("[limits]") : text.index("[[criteria]]")]
    result = text[text.index("[result]") : text.index("[[remedies]]")]
    town.write(
        SERVICE_FILE, text.replace(limits, "").replace(result, "").replace('kind = "money"\n', "")
    )
    told = "\n".join(town.problems())
    assert "'limits' is missing; it must be a table with 'statutory' and 'promised'" in told
    assert "'result' is missing; it must be a table with 'title' and 'body'" in told
    assert "'kind' is missing; it must be one of 'text', 'long_text'" in told


def test_a_time_of_day_is_no_answer_and_no_date(town: Town) -> None:
    town.edit("services/rent-help/examples/good.toml", "members = 3", "members = 07:32:00")
    town.edit("standards.toml", "2004-01-01", "07:32:00")
    told = "\n".join(town.problems())
    assert "'members' must be one answer" in told
    assert "'since' must be a date without quotes, such as 2004-07-01, not something else" in told


def test_a_choice_needs_a_value_that_the_record_can_have(town: Town) -> None:
    town.edit(SERVICE_FILE, 'key = "reason"\n', 'key = "reason"\nfrom = "household.tenure"\n')
    assert any(
        "the record has the values 'rented', 'owned', none of which the question offers" in problem
        for problem in town.problems()
    )


def test_a_number_for_an_agency_a_language_or_a_key_is_told_once(town: Town) -> None:
    town.edit("agencies.toml", 'code = "housing"', "code = 5")
    town.edit("datasets/firm.toml", 'owner = "town-hall"', "owner = 5")
    told = town.problems()
    line = town.line("agencies.toml", "code = 5")
    assert [p for p in told if p.startswith(f"agencies.toml:{line}:")] == [
        f"agencies.toml:{line}: 'code' must be a code, such as 'civil-affairs', not a number"
    ]
    assert "'owner' must be the code of an agency, not a number" in "\n".join(told)


def test_a_folder_of_too_many_files_is_not_read_to_its_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yimen.catalogue.loader.folder.MOST_FILES", 3)
    assert any("holds more than 3 files" in str(problem) for problem in town.problems())


def test_reading_tells_how_far_it_is(town: Town) -> None:
    told: list[tuple[int, int]] = []
    load_folder(town.folder, lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]


def test_thousands_of_mistakes_are_told_in_time(town: Town) -> None:
    rows = "".join(f"9{n:011},committee,8{n:08},x,x\n" for n in range(5000))
    town.write("divisions.csv", town.read("divisions.csv") + rows)
    assert len(town.problems()) == 5000
