"""The catalogue for machines: what can be asked for, and with which answers."""

from django.http import HttpRequest
from ninja import Router

from yimen.cases.rules.errors import UnknownService
from yimen.catalogue.definition import FormField, Material, Service
from yimen.catalogue.queries import open_services
from yimen.channels.api.schemas import (
    MaterialWanted,
    ProblemOut,
    Question,
    QuestionOption,
    ServiceDetail,
    ServiceSummary,
)

router = Router(tags=["catalogue"])


@router.get("/services", response=list[ServiceSummary], auth=None)
def services(request: HttpRequest) -> list[ServiceSummary]:
    """List the services that are open today."""
    return [_summary(service) for service in open_services()]


@router.get("/services/{code}", response={200: ServiceDetail, 404: ProblemOut}, auth=None)
def service(request: HttpRequest, code: str) -> ServiceDetail:
    """Show one open service with its form."""
    found = next((each for each in open_services() if each.code == code), None)
    if found is None:
        raise UnknownService(code)
    return ServiceDetail(
        **_summary(found).model_dump(),
        fee=str(found.fee.amount),
        questions=[_question(field) for field in found.fields],
        materials=[_material(material) for material in found.materials],
    )


def _summary(service: Service) -> ServiceSummary:
    return ServiceSummary(
        code=service.code,
        version=service.version,
        agency=service.agency,
        title=service.title.as_dict(),
        summary=service.summary.as_dict(),
        channels=[str(channel) for channel in service.channels],
    )


def _question(field: FormField) -> Question:
    return Question(
        key=field.key,
        kind=str(field.kind),
        label=field.label.as_dict(),
        hint=field.hint.as_dict(),
        required=field.required,
        options=[
            QuestionOption(value=option.value, label=option.label.as_dict())
            for option in field.options
        ],
        when=field.when.source if field.when else "",
    )


def _material(material: Material) -> MaterialWanted:
    return MaterialWanted(
        key=material.key,
        title=material.title.as_dict(),
        required=material.required,
        media_types=list(material.media_types),
        max_bytes=material.max_bytes,
        max_files=material.max_files,
        from_data_set=material.from_data_set,
    )
