"""Addresses of the desk, below the prefix of the language and ``desk/``."""

from django.urls import path

from yimen.channels.desk import (
    absence_pages,
    acting,
    case_pages,
    home_pages,
    mending_pages,
    promise_pages,
)

app_name = "desk"
urlpatterns = [
    path("", home_pages.home, name="home"),
    path("claim/", acting.claim_many, name="claim_many"),
    path("release/", acting.release_many, name="release_many"),
    path("extensions/", home_pages.extensions, name="extensions"),
    path("promises/", promise_pages.promises, name="promises"),
    path("keys/", home_pages.keys, name="keys"),
    path("absences/", absence_pages.absences, name="absences"),
    path("absences/<int:absence_id>/withdraw/", absence_pages.withdraw, name="withdraw"),
    path("cases/<str:number>/", case_pages.case, name="case"),
    path("cases/<str:number>/take-back/", acting.take_back, name="take_back"),
    path("cases/<str:number>/more-time/", acting.ask_time, name="ask_time"),
    path("cases/<str:number>/more-time/answer/", acting.answer_time, name="answer_time"),
    path("cases/<str:number>/late/", acting.tell_late, name="tell_late"),
    path("cases/<str:number>/void/", mending_pages.void, name="void"),
    path("cases/<str:number>/revoke/", mending_pages.revoke, name="revoke"),
    path("cases/<str:number>/correct/", mending_pages.correct, name="correct"),
    path("cases/<str:number>/tasks/<uuid:task_id>/", acting.act, name="task"),
    path("cases/<str:number>/tasks/<uuid:task_id>/<slug:verb>/", acting.act, name="act"),
    path("cases/<str:number>/files/<uuid:file_id>/", case_pages.file, name="file"),
    path("cases/<str:number>/documents/<uuid:document_id>/", case_pages.document, name="document"),
]
