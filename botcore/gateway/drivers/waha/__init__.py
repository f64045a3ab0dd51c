from botcore.gateway.drivers.waha.driver import WahaDriver

__all__ = ["WahaDriver"]
