"""Addresses of one's own matters, in the portal's namespace."""

from django.urls import path

from yimen.channels.portal.matters import (
    code_pages,
    correction_pages,
    mailbox_pages,
    my_pages,
    recheck_pages,
    status_pages,
    withdraw_pages,
)

urlpatterns = [
    path("mine/", my_pages.mine, name="mine"),
    path("leave/", my_pages.leave, name="leave"),
    path("ways-in/", my_pages.ways_in, name="ways_in"),
    path("applications/<str:number>/", status_pages.status, name="status"),
    path("applications/<str:number>/receipt/", status_pages.receipt, name="receipt"),
    path("applications/<str:number>/sent/", status_pages.sent, name="sent"),
    path(
        "applications/<str:number>/files/<uuid:file_id>/",
        status_pages.sent_file,
        name="sent_file",
    ),
    path("applications/<str:number>/papers/<uuid:document_id>/", status_pages.paper, name="paper"),
    path("applications/<str:number>/answer/", correction_pages.answer, name="answer"),
    path("applications/<str:number>/withdraw/", withdraw_pages.withdraw, name="withdraw"),
    path("applications/<str:number>/not-solved/", recheck_pages.not_solved, name="not_solved"),
    path("status/", code_pages.ask_for_code, name="status_by_code"),
    path("status/code/", code_pages.enter_code, name="status_code"),
    path("mailbox/", mailbox_pages.mailbox, name="mailbox"),
    path("mailbox/<uuid:message_id>/", mailbox_pages.message, name="message"),
    path("mailbox/<uuid:message_id>/paper/", mailbox_pages.enclosed, name="enclosed"),
]
