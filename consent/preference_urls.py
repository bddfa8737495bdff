from django.urls import path

from consent.views import (
    preference_block,
    preference_details,
    preference_history,
    preference_link,
    preference_rights,
    preferences,
)

urlpatterns = [
    path("", preference_link.ask, name="preferences_ask"),
    path("choices/", preferences.choices, name="preferences"),
    path("undo/", preferences.undo, name="preferences_undo"),
    path("verify/<uuid:point_id>/", preferences.verify_number, name="preferences_verify"),
    path("details/", preference_details.details, name="preferences_details"),
    path("details/saved/", preference_details.corrected, name="preferences_corrected"),
    path("history/", preference_history.show, name="preferences_history"),
    path("history/download/", preference_history.download, name="preferences_download"),
    path("receipt/", preference_history.receipt, name="preferences_receipt"),
    path("rights/", preference_rights.rights, name="preferences_rights"),
    path("rights/<uuid:request_id>/copy/", preference_rights.copy, name="preferences_copy"),
    path("leave/", preference_link.leave, name="preferences_leave"),
    path("left/", preference_link.left, name="preferences_left"),
    path("block/<slug:code>/", preference_block.block, name="preferences_block"),
    # Last: a token is any other word.
    path("<str:token>/", preference_link.follow, name="preferences_link"),
]
