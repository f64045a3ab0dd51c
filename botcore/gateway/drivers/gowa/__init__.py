from botcore.gateway.drivers.gowa.driver import GowaDriver

__all__ = ["GowaDriver"]
