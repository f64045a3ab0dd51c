from panel.models.connection import PanelConnection

__all__ = ["PanelConnection"]
