"""The design system: layout, components, icons, template tags."""
