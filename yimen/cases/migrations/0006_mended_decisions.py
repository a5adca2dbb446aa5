"""A case may have had several decisions, of which one is in force; a paper belongs to one of them."""

from django.db import migrations, models

_FILL = """
UPDATE cases_issueddocument AS paper SET decision_id = decision.id
FROM cases_decision AS decision
WHERE decision.person_id = paper.person_id AND decision.case_id = paper.case_id
"""
_REFERENCES = [
    (
        "ALTER TABLE cases_issueddocument ADD CONSTRAINT cases_issueddocument_decision_fk"
        " FOREIGN KEY (person_id, decision_id) REFERENCES cases_decision (person_id, id)",
        "ALTER TABLE cases_issueddocument DROP CONSTRAINT cases_issueddocument_decision_fk",
    ),
    (
        "ALTER TABLE cases_decision ADD CONSTRAINT cases_decision_replaces_fk"
        " FOREIGN KEY (person_id, replaces) REFERENCES cases_decision (person_id, id)",
        "ALTER TABLE cases_decision DROP CONSTRAINT cases_decision_replaces_fk",
    ),
]
_OUTCOMES = ["approved", "refused", "withdrawn", "voided", "revoked"]


def _one_of(model, name, field, words):
    condition = models.Q((f"{field}__in", words))
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AddConstraint(
            model_name=model, constraint=models.CheckConstraint(condition=condition, name=name)
        ),
    ]


class Migration(migrations.Migration):

    dependencies = [("cases", "0005_voided_cases")]

    operations = [
        migrations.AddField("decision", "law", models.JSONField(default=dict)),
        migrations.AddField("decision", "replaces", models.UUIDField(null=True)),
        migrations.AddField("decision", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("decision", "ended_as", models.CharField(default="", max_length=16)),
        migrations.AddField("issueddocument", "decision_id", models.UUIDField(null=True)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField("issueddocument", "decision_id", models.UUIDField()),
        migrations.RemoveConstraint("decision", "cases_one_decision"),
        migrations.AddConstraint(
            "decision",
            models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("person_id", "case_id"),
                name="cases_one_decision",
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=models.Q(("ended_as__in", ["revoked", "corrected", ""])),
                name="cases_decision_ended",
            ),
        ),
        migrations.RemoveConstraint("issueddocument", "cases_one_document_of_a_kind"),
        migrations.AddConstraint(
            "issueddocument",
            models.UniqueConstraint(
                fields=("person_id", "decision_id"), name="cases_one_document_of_a_decision"
            ),
        ),
        *_one_of("case", "cases_case_outcome", "outcome", [*_OUTCOMES, ""]),
        *_one_of("decision", "cases_decision_outcome", "outcome", ["approved", "refused", "revoked"]),
        *_one_of("issueddocument", "cases_document_kind", "kind",
                 ["certificate", "refusal", "revocation"]),
        *(migrations.RunSQL(sql, reverse_sql=reverse) for sql, reverse in _REFERENCES),
    ]
