"""What ``./dev`` is made of: only Python's standard library, so that it starts on a bare machine.

Rooms, each used only by those below it:

- ``console``, ``processes``, ``places``: what is printed, what is started, where things are kept;
- ``apt_sources``, ``debian``: the distribution's packages, without touching the system;
- ``odoo_source``, ``python_env``: Odoo 19 and the Python packages it needs;
- ``postgres``, ``odoo``, ``databases``: a database server, an Odoo process, databases that are built once and cloned;
- ``server``, ``testing``, ``lint``, ``tasks``: one module per command or family of commands;
- ``cli``: the command line.
"""
