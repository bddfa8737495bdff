from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Jawoord"


class StaffPagesConfig(admin_apps.AdminConfig):
    default = False
    default_site = "customers.staff_site.StaffSite"
