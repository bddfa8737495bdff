from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.staticfiles import apps as static_apps


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Jawoord"


class StaffPagesConfig(admin_apps.AdminConfig):
    default = False
    default_site = "customers.staff_site.StaffSite"


class StaticFilesWeUseConfig(static_apps.StaticFilesConfig):
    default = False
    # Another page for the API's description, which we do not show: four megabytes to compress at each start.
    ignore_patterns = [*static_apps.StaticFilesConfig.ignore_patterns, "redoc*"]
