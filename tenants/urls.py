from django.urls import path

from tenants.views import jobs, my_account, settings, sign_in, staff

urlpatterns = [
    path("signup", sign_in.signup, name="signup"),
    path("login", sign_in.login, name="login"),
    path("forgot", sign_in.forgot, name="forgot"),
    path("logout", sign_in.logout, name="logout"),
    path("confirm", sign_in.confirm, name="confirm"),
    path("switch-team", sign_in.switch_team, name="switch_team"),
    path("stop-impersonating", sign_in.stop_impersonating, name="stop_impersonating"),
    path("me/", my_account.index, name="my_account"),
    path("settings/first-password", sign_in.first_password, name="first_password"),
    path("settings/", settings.index, name="settings"),
    path("staff/", staff.index, name="staff"),
    path("jobs/<int:job_id>", jobs.show, name="job"),
]
