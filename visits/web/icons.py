"""The strokes of every icon on a 24 grid, and the flags (pavillons) that say who holds the clock."""

ICONS = {
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2.5H4zM10 21.5h4"/>',
    "box": '<path d="M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5zM3.5 7.5 12 12l8.5-4.5M12 12v9"/>',
    "calendar": ('<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.8v4M16 2.8v4"/>'),
    "camera": '<path d="M3 8h4l2-3h6l2 3h4v12H3z"/><circle cx="12" cy="13.5" r="3.8"/>',
    "check": '<path d="m5 12.5 4.8 4.8L19.5 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "container": (
        '<rect x="2" y="6" width="20" height="12.5" rx="1"/><path d="M6.5 9v6.5M10.2 9v6.5M13.8 9v6.5M17.5 9v6.5"/>'
    ),
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "document": '<path d="M6 2.8h8l4.5 4.5v14H6z"/><path d="M13.5 3v5h5M9 13h6M9 17h6"/>',
    "done": '<circle cx="12" cy="12" r="9.5"/><path d="m7.5 12.3 3.2 3.2 6-6.5"/>',
    "down": '<path d="m5 9 7 7 7-7"/>',
    "download": '<path d="M12 4v12M6 10.5l6 6 6-6M4 20.5h16"/>',
    "eye": (
        '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>'
    ),
    "info": '<circle cx="12" cy="12" r="9.5"/><path d="M12 11v5.5M12 7.4v.1"/>',
    "left": '<path d="m15 5-7 7 7 7"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "mic": ('<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.5"/>'),
    "minus": '<path d="M5 12h14"/>',
    "move": '<path d="M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4"/>',
    "offline": (
        '<path d="M2 8.5a15 15 0 0 1 5-3.2M10.5 4.3A15 15 0 0 1 22 8.5M5.5 12.3a10 10 0 0 1 4-2.3'
        'M14.5 10a10 10 0 0 1 4 2.3M9 16a5 5 0 0 1 6 0M12 19.8v.1M3 3l18 18"/>'
    ),
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "phone": (
        '<path d="M6 3h3.5l1.7 4.5L9 9.3a12 12 0 0 0 5.7 5.7l1.8-2.2L21 14.5V18a3 3 0 0 1-3 3A15 15 0 0'
        ' 1 3 6a3 3 0 0 1 3-3z"/>'
    ),
    "pin": ('<path d="M12 21.5s7-6.2 7-12a7 7 0 0 0-14 0c0 5.8 7 12 7 12z"/><circle cx="12" cy="9.5" r="2.5"/>'),
    "plug": '<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "quote": '<path d="M4 5h16v11H9l-5 4z"/>',
    "right": '<path d="m9 5 7 7-7 7"/>',
    "seal": '<circle cx="12" cy="8.5" r="5.5"/><path d="m8.5 13-2 8 5.5-3 5.5 3-2-8"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="m16.5 16.5 4.5 4.5"/>',
    "send": '<path d="M12 19V5M5.5 11.5 12 5l6.5 6.5M4 21.5h16"/>',
    "shield": ('<path d="M12 2.8 20 6v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>'),
    "star": '<path d="m12 3 2.7 5.8 6.3.8-4.6 4.4 1.2 6.3-5.6-3.1-5.6 3.1 1.2-6.3L3 9.6l6.3-.8z"/>',
    "swap": '<path d="M4 9a8 8 0 0 1 14-3l2 2M20 4v4h-4M20 15a8 8 0 0 1-14 3l-2-2M4 20v-4h4"/>',
    "team": (
        '<circle cx="9" cy="8.5" r="3.7"/>'
        '<path d="M2.5 20c.5-4 3-5.8 6.5-5.8s6 1.8 6.5 5.8M15.5 5.2a3.5 3.5 0 0 1 0 6.6'
        'M17.5 14.6c2.3.7 3.7 2.5 4 5.4"/>'
    ),
    "todo": '<circle cx="12" cy="12" r="9.5"/>',
    "torch": '<path d="M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2"/>',
    "user": '<circle cx="12" cy="8" r="4.2"/><path d="M4 21c.8-4.3 4-6.3 8-6.3s7.2 2 8 6.3"/>',
    "warning": '<path d="M12 3 22 20.5H2z"/><path d="M12 10v4.5M12 17.6v.1"/>',
}

#: Two colours each, told apart by shape alone.
FLAGS = {
    "customs": ('<rect width="22" height="22" fill="#0e4a78"/><rect x="7" y="7" width="8" height="8" fill="#fff"/>'),
    "declarant": '<rect width="22" height="22" fill="#ffb11b"/><path d="M0 0h22L0 22z" fill="#0c1f2c"/>',
    "agency": ('<rect width="22" height="22" fill="#6a4a9c"/><rect x="11" width="11" height="22" fill="#e3daf0"/>'),
    "terminal": ('<rect width="22" height="22" fill="#5a6d79"/><rect y="8" width="22" height="6" fill="#fff"/>'),
    "laboratory": (
        '<rect width="22" height="22" fill="#0f7f86"/><path d="M11 0v22M0 11h22" stroke="#fff" stroke-width="5"/>'
    ),
    "closed": (
        '<rect width="22" height="22" fill="#e6eef2"/>'
        '<path d="M-2 24 24-2M-10 16 16-10M6 32 32 6" stroke="#8ba3b2" stroke-width="3"/>'
    ),
    "bank": '<rect width="22" height="22" fill="#2b6a3f"/><path d="M0 22 11 6l11 16z" fill="#fff"/>',
    "system": '<rect width="22" height="22" fill="#3b4f5b"/><circle cx="11" cy="11" r="5" fill="#fff"/>',
}

#: The fill of an owner's part of a bar: at least 3:1 on white.
FILLS = {
    "customs": "#0e4a78",
    "declarant": "#c27a00",
    "agency": "#6a4a9c",
    "terminal": "#5a6d79",
    "laboratory": "#0f7f86",
    "bank": "#2b6a3f",
    "system": "#3b4f5b",
    "closed": "#8ba3b2",
}
