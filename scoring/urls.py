from django.urls import path

from scoring.views import referral, seen, stay, talent_pool

urlpatterns = [
    path("preferences/talent-pool/<slug:code>/", talent_pool.page, name="talent_pool"),
    path("seen/<str:token>/", seen.follow, name="seen"),
    path("stay/", stay.page, name="stay"),
    path("stay/<str:token>/", stay.follow, name="stay_link"),
    path("referred/<str:code>/", referral.page, name="referral"),
]
