"""Addresses of applying, in the portal's namespace."""

from django.urls import path

from yimen.channels.portal.apply import (
    criteria_pages,
    document_pages,
    draft_pages,
    finishing,
    question_pages,
    starting,
)

urlpatterns = [
    path("apply/<slug:code>/", starting.start, name="apply"),
    path("apply/<slug:code>/form/", starting.begin_form, name="begin_form"),
    path("apply/<slug:code>/criteria/", criteria_pages.go_on, name="criteria"),
    path("apply/<slug:code>/criteria/result/", criteria_pages.result, name="criteria_result"),
    path("apply/<slug:code>/criteria/<str:name>/", criteria_pages.ask, name="criterion"),
    path("drafts/resume/", draft_pages.resume, name="resume"),
    path("drafts/<uuid:draft_id>/", question_pages.go_on, name="draft"),
    path("drafts/<uuid:draft_id>/questions/<slug:key>/", question_pages.ask, name="question"),
    path("drafts/<uuid:draft_id>/documents/", document_pages.documents, name="documents"),
    path("drafts/<uuid:draft_id>/documents/<slug:key>/", document_pages.document, name="document"),
    path(
        "drafts/<uuid:draft_id>/files/<uuid:file_id>/",
        document_pages.draft_file,
        name="draft_file",
    ),
    path("drafts/<uuid:draft_id>/check/", finishing.check_answers, name="check_answers"),
    path("drafts/<uuid:draft_id>/send/", finishing.send, name="send"),
    path("drafts/<uuid:draft_id>/save/", draft_pages.save, name="save"),
    path("drafts/<uuid:draft_id>/changes/", draft_pages.changed, name="changes"),
    path("drafts/<uuid:draft_id>/discard/", draft_pages.discard, name="discard"),
]
