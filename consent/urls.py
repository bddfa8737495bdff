from django.urls import include, path, re_path

from consent.views import (
    caller_numbers,
    collection,
    confirm,
    entity_pages,
    ledger,
    privacy,
    unsubscribe,
    verify,
)

urlpatterns = [
    path("", entity_pages.home, name="home"),
    path("look/<slug:code>.css", entity_pages.look, name="look"),
    path("privacy/<slug:code>/", privacy.in_force, name="privacy"),
    path("privacy/<slug:code>/<int:number>/", privacy.version, name="privacy_version"),
    path("privacy/<slug:code>/<int:number>/changes/", privacy.changes, name="privacy_changes"),
    path("caller-numbers/<slug:code>/", caller_numbers.page, name="caller_numbers"),
    path("caller-numbers/<slug:code>.json", caller_numbers.as_json, name="caller_numbers_json"),
    path("ledger/", ledger.page, name="ledger"),
    path("ledger/checkpoint", ledger.checkpoint, name="ledger_checkpoint"),
    path("ledger/checkpoint/<int:tree_size>", ledger.earlier_checkpoint, name="ledger_checkpoint_of"),
    path("forms/<slug:code>/", collection.form, name="form"),
    path("forms/<slug:code>/thanks/", collection.thanks, name="form_thanks"),
    path("confirm/", confirm.page, name="confirm"),
    path("confirm/<str:token>/", confirm.follow, name="confirm_link"),
    path("verify/", verify.ask, name="verify"),
    path("verify/code/", verify.code, name="verify_code"),
    path("verify/call/", verify.call, name="verify_call"),
    path("unsubscribe/", unsubscribe.page, name="unsubscribe"),
    # With or without its last slash: a redirect would break the one click (RFC 8058, section 3.1).
    re_path(r"^unsubscribe/(?P<token>[^/]+)/?$", unsubscribe.follow, name="unsubscribe_link"),
    path("preferences/", include("consent.preference_urls")),
]
