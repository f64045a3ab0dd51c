from django.urls import path

from botcore.views import customers

urlpatterns = [
    path("customers/", customers.index, name="customers"),
    path("customers/bulk/", customers.bulk, name="customers_bulk"),
    path("customers/export/", customers.export, name="customers_export"),
    path("customers/verify/", customers.verify, name="customers_verify"),
    path("customers/import/", customers.import_list, name="customers_import"),
    path("customers/import/start/", customers.start_import, name="customers_import_start"),
    path("customers/undo/", customers.undo, name="customers_undo"),
    path("customers/<int:customer_id>/", customers.show, name="customer"),
    path("customers/<int:customer_id>/block/", customers.block, name="customer_block"),
    path("customers/<int:customer_id>/unblock/", customers.unblock, name="customer_unblock"),
    path("customers/<int:customer_id>/remove/", customers.remove, name="customer_remove"),
    path("customers/<int:customer_id>/link/", customers.link, name="customer_link"),
]
