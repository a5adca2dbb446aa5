"""A tiny city, written to a folder of its own for each test that wants one."""

import re
from pathlib import Path

from yimen.catalogue.definition import City, Service
from yimen.catalogue.loader import load_folder

CITY = """\
code = "town"
title = { zh = "小城", en = "Town" }
languages = ["zh", "en"]
time_zone = "Asia/Shanghai"
currency = "CNY"
colours = { accent = "#A8321F", action = "#0B6B50" }

[[roles]]
key = "officer"
title = { zh = "经办人", en = "Officer" }
rights = ["case.read", "case.review", "case.opine", "case.decide"]

[[roles]]
key = "clerk"
title = { zh = "受理员", en = "Clerk" }
rights = ["case.read"]

[[mending]]
key = "deceit"
kind = "revoke"
says = { zh = "以欺骗手段取得", en = "Obtained by deceit" }
source = "Decree 3"

[[mending]]
key = "slip"
kind = "correct"
says = { zh = "文字有误", en = "A slip" }

[late]
more_days = 4
complain = { zh = "可以投诉", en = "You can complain" }

[[delays]]
key = "many"
says = { zh = "申请较多", en = "Many have applied" }

[[delays]]
key = "flood"
says = { zh = "遭遇水灾", en = "A flood" }

[[watch]]
who = "officer"
of = "promised"
before = 2

[[watch]]
who = "supervisor"
of = "statutory"
after = 1

[[life_events]]
key = "home"
title = { zh = "住房", en = "Home" }
icon = "house"

[[life_events]]
key = "hardship"
title = { zh = "困难", en = "Hard times" }
icon = "hand-heart"
"""

AGENCIES = """\
[[agencies]]
code = "town-hall"
kind = "government"
title = { zh = "镇政府", en = "Town hall" }
division = "310101"
site = "https://town.example"

[[agencies]]
code = "housing"
kind = "bureau"
parent = "town-hall"
title = { zh = "房管局", en = "Housing" }

[[agencies]]
code = "north-office"
kind = "neighbourhood"
parent = "town-hall"
title = { zh = "北街社区中心", en = "North office" }
division = "310101001"
"""

DIVISIONS = """\
code,level,parent,zh,en
310000,city,,小城,Town
310101,district,310000,东区,East
310101001,subdistrict,310101,北街,North street
310101001001,committee,310101001,一村,
"""

CALENDAR = """\
date,kind,zh,en
2004-10-01,holiday,国庆节,National Day
2004-10-09,workday,国庆节,National Day
"""

STANDARDS = """\
[[standards]]
key = "rent_help"
title = { zh = "租房补贴标准", en = "Help with the rent" }
amount = "300.00"
unit = "CNY/month"
since = 2004-01-01

[[standards]]
key = "rent_help"
title = { zh = "租房补贴标准", en = "Help with the rent" }
amount = "320.00"
unit = "CNY/month"
since = 2005-01-01
source = "Notice 1"
"""

HOUSEHOLD = """\
code = "household"
owner = "town-hall"
title = { zh = "家庭", en = "Household" }
subject = "household"
refresh = "monthly"
sharing = "conditional"

[[fields]]
key = "members"
kind = "integer"
min = 1
max = 20
label = { zh = "人数", en = "Members" }
question = { zh = "几口人？", en = "How many people?" }

[[fields]]
key = "income"
kind = "money"
label = { zh = "收入", en = "Income" }

[[fields]]
key = "tenure"
kind = "choice"
label = { zh = "住房", en = "Tenure" }
options = [
  { value = "rented", label = { zh = "租住", en = "Rented" } },
  { value = "owned", label = { zh = "自有", en = "Owned" } },
]

[[fields]]
key = "account"
kind = "text"
label = { zh = "账号", en = "Account" }
"""

FIRM = """\
code = "firm"
owner = "town-hall"
title = { zh = "企业", en = "Firm" }
subject = "organisation"
refresh = "yearly"
sharing = "open"
law = { zh = "条例", en = "Regulations", source = "Decree 1" }

[[fields]]
key = "name"
kind = "text"
label = { zh = "名称", en = "Name" }
"""

SERVICE = """\
code = "rent-help"
version = 1
agency = "housing"
title = { zh = "租房补贴", en = "Help with the rent" }
summary = { zh = "收入低的家庭每月领取。", en = "Each month, for households with a low income." }
subject = "person"
audience = ["registered"]
life_events = ["home", "hardship"]
channels = ["portal", "counter"]
process = "review"
keywords = { zh = "房租 补助", en = "rent benefit" }
where = { zh = "网上", en = "Online" }
law = [
  { zh = "住房条例", en = "Housing regulations", source = "Decree 2" },
]

[fee]
amount = "0.00"

[limits]
statutory = { working_days = 20, source = "Decree 2" }
promised = { working_days = 10 }

[[criteria]]
key = "income"
when = "household.income / household.members < standard('rent_help')"
says = { zh = "人均收入低于标准", en = "Income per head is below the standard" }
says_not = { zh = "人均收入不低于标准", en = "Income per head is not below the standard" }

[[criteria]]
key = "rented"
when = "household.tenure = 'rented'"
says = { zh = "租房住", en = "The home is rented" }
says_not = { zh = "不是租房住", en = "The home is not rented" }

[[fields]]
key = "members"
kind = "integer"
label = { zh = "几口人？", en = "How many people?" }
from = "household.members"
min = 1
max = 20

[[fields]]
key = "rent"
kind = "money"
label = { zh = "房租多少元？", en = "How much is the rent?" }
min = 0

[[fields]]
key = "reason"
kind = "choice"
label = { zh = "原因", en = "Reason" }
options = [
  { value = "work", label = { zh = "没有工作", en = "No work" } },
  { value = "other", label = { zh = "其他", en = "Other" } },
]

[[fields]]
key = "reason_other"
kind = "long_text"
label = { zh = "说一说", en = "Describe it" }
when = "answer.reason = 'other'"
max_length = 40

[[fields]]
key = "account"
kind = "text"
label = { zh = "账号", en = "Account" }
from = "household.account"
required = false
sensitive = true

[[materials]]
key = "lease"
title = { zh = "租赁合同", en = "Lease" }

[[materials]]
key = "income-proof"
title = { zh = "收入证明", en = "Proof of income" }
from = "household"

[[materials]]
key = "dismissal"
title = { zh = "解聘书", en = "Letter of dismissal" }
when = "answer.reason = 'work'"

[result]
title = { zh = "补贴通知", en = "Notice" }
body = { zh = "{name}：房租{answer.rent}元，至{valid_until}。", en = "{name}: rent {answer.rent}, until {valid_until}." }
valid_years = 1

[[remedies]]
title = { zh = "行政复议", en = "Reconsideration" }
says = { zh = "六十日内申请", en = "Ask within 60 days" }
limit = { calendar_days = 60, source = "Law, art. 20" }
"""

GOOD = """\
says = { zh = "租房的家庭", en = "A household that rents" }
valid = true
materials = ["lease", "income-proof"]

[answers]
members = 3
rent = "500.00"
reason = "other"
reason_other = "病了"
"""

BAD = """\
says = { zh = "没有写房租", en = "The rent is missing" }
valid = false
materials = ["lease", "income-proof"]

[answers]
members = 0
reason = "work"

[expects]
members = "too_small"
rent = "required"
dismissal = "material_missing"
"""


def bpmn(nodes: str, flows: str, lane: str, code: str = "review") -> str:
    """Return a diagram: nodes and flows as XML, the keys in its one lane; all of it is drawn."""
    drawn = "".join(
        f'<bpmndi:BPMNShape id="{key}_s" bpmnElement="{key}">'
        '<dc:Bounds x="1" y="2" width="3" height="4" /></bpmndi:BPMNShape>'
        for key in re.findall(r'\bid="(\w+)"', nodes)
    ) + "".join(
        f'<bpmndi:BPMNEdge id="{key}_e" bpmnElement="{key}"><di:waypoint x="1" y="2" />'
        "</bpmndi:BPMNEdge>"
        for key in re.findall(r'\bid="(\w+)"', flows)
    )
    references = "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in lane.split())
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:yimen="urn:yimen:bpmn" id="definitions" targetNamespace="urn:yimen:bpmn">
  <bpmn:process id="{code}" isExecutable="true" yimen:zh="审查" yimen:en="Review">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane" name="lead: officer">{references}</bpmn:lane>
    </bpmn:laneSet>
{nodes}
{flows}
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="{code}">{drawn}</bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def node(tag: str, key: str, more: str = "") -> str:
    """Return a node with titles."""
    return f'    <bpmn:{tag} id="{key}" yimen:zh="{key}" yimen:en="{key}" {more}/>\n'


def task(key: str, kind: str = "review") -> str:
    """Return a user task."""
    return node("userTask", key, f'yimen:kind="{kind}" ')


def flow(source: str, target: str, condition: str = "", key: str = "") -> str:
    """Return an arrow, with a condition where one is given."""
    key = key or f"{source}_{target}"
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'    <bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>\n"
    )


REVIEW = bpmn(
    node("startEvent", "start")
    + task("look")
    + task("decide", "decision")
    + node("exclusiveGateway", "outcome")
    + node("endEvent", "approved")
    + node("endEvent", "refused"),
    flow("start", "look")
    + flow("look", "decide")
    + flow("decide", "outcome")
    + flow("outcome", "approved", "task.decide = 'approve'")
    + flow("outcome", "refused", "task.decide = 'refuse'"),
    "look decide",
)

FILES = {
    "city.toml": CITY,
    "agencies.toml": AGENCIES,
    "divisions.csv": DIVISIONS,
    "calendar.csv": CALENDAR,
    "standards.toml": STANDARDS,
    "datasets/household.toml": HOUSEHOLD,
    "datasets/firm.toml": FIRM,
    "processes/review.bpmn": REVIEW,
    "services/rent-help/service.toml": SERVICE,
    "services/rent-help/guide.zh.md": "# 租房补贴\n",
    "services/rent-help/guide.en.md": "# Help with the rent\n",
    "services/rent-help/examples/good.toml": GOOD,
    "services/rent-help/examples/bad.toml": BAD,
}
SERVICE_FILE = "services/rent-help/service.toml"


class Town:
    """A city's folder that a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path: str, content: str | bytes) -> "Town":
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> "Town":
        text = self.read(path)
        assert text.count(old) >= 1, f"{old!r} is not in {path}"
        return self.write(path, text.replace(old, new, 1))

    def line(self, path: str, words: str) -> int:
        """Return the line on which these words stand."""
        return next(n for n, line in enumerate(self.read(path).split("\n"), 1) if words in line)

    def remove(self, path: str) -> "Town":
        (self.folder / path).unlink()
        return self

    def problems(self) -> list[str]:
        """Return the problems, with paths from the folder on."""
        _, found = load_folder(self.folder)
        return [str(problem).removeprefix(f"{self.folder}/") for problem in found]

    def city(self) -> City:
        city, found = load_folder(self.folder)
        assert city is not None, "\n".join(map(str, found))
        return city

    def service(self, code: str = "rent-help") -> Service:
        return self.city().services[code]
