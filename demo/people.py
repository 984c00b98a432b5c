"""Who belongs to the demo cooperative. Every name and number is made up."""
from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """A member: ``joined`` is the month of the demo year (0: the founding in January)."""
    name: str
    sex: str
    village: str
    kind: str
    joined: int = 1
    voluntary: int = 0


PADDY, BATIK, SERVICE = 'kind_paddy', 'kind_batik', 'kind_service'

MEMBERS = (
    Person("Siti Aminah", 'female', "Maron", PADDY, voluntary=250_000),
    Person("Budi Santoso", 'male', "Maron", PADDY, voluntary=500_000),
    Person("Sumiati", 'female', "Gading", PADDY),
    Person("Ahmad Fauzi", 'male', "Gading", PADDY, voluntary=150_000),
    Person("Slamet Riyadi", 'male', "Pajarakan", PADDY),
    Person("Endang Lestari", 'female', "Kraksaan", BATIK, voluntary=1_000_000),
    Person("Nur Hasanah", 'female', "Kraksaan", BATIK),
    Person("Wahyuni", 'female', "Kraksaan", BATIK, voluntary=300_000),
    Person("Joko Susilo", 'male', "Pajarakan", PADDY),
    Person("Suparman", 'male', "Maron", PADDY),
    Person("Dewi Rahayu", 'female', "Besuk", BATIK),
    Person("Hadi Pranoto", 'male', "Besuk", PADDY, voluntary=200_000),
    Person("Rukmini", 'female', "Gading", PADDY),
    Person("Mulyono", 'male', "Krejengan", PADDY),
    Person("Kartini", 'female', "Krejengan", BATIK),
    Person("Agus Salim", 'male', "Maron", PADDY),
    Person("Sri Wahyuningsih", 'female', "Kraksaan", BATIK, joined=2),
    Person("Bambang Irawan", 'male', "Besuk", PADDY, joined=2),
    Person("Lasmi", 'female', "Gading", PADDY, joined=3),
    Person("Yusuf Hidayat", 'male', "Krejengan", PADDY, joined=3, voluntary=100_000),
    Person("Ratna Sari", 'female', "Kraksaan", BATIK, joined=4),
    Person("Tukimin", 'male', "Pajarakan", PADDY, joined=5),
    Person("Kelompok Tani Sido Mulyo", '', "Maron", PADDY, joined=6, voluntary=750_000),
    Person("UD Jasa Giling Barokah", '', "Gading", SERVICE, joined=6),
)

CANDIDATES = (
    Person("Fitriani", 'female', "Kraksaan", BATIK),
    Person("Imam Syafii", 'male', "Maron", PADDY),
)

#: Candidates who come to the counter to pay what admission needs.
NEWCOMERS = (
    Person("Supriyadi", 'male', "Gading", PADDY), Person("Khotimah", 'female', "Besuk", BATIK),
    Person("Edi Purnomo", 'male', "Pajarakan", PADDY), Person("Maimunah", 'female', "Krejengan", PADDY),
)

#: Whose SHU waits at the counter until they come.
SHU_AT_COUNTER = ("Sumiati", "Joko Susilo", "Rukmini")

#: One login per role: (role as shown, login, group or None for the portal, name). The password is the login.
LOGINS = (
    ("Petugas (officer)", 'petugas', 'producer_cooperative.group_coop_officer', "Lilis, petugas"),
    ("Kasir (cashier)", 'kasir', 'producer_cooperative.group_coop_cashier', "Yanti, kasir"),
    ("Bendahara (treasurer)", 'bendahara', 'producer_cooperative.group_coop_accountant', "Haryanto, bendahara"),
    ("Ketua (manager)", 'ketua', 'producer_cooperative.group_coop_manager', "Sutrisno, ketua"),
    ("Pengawas (supervisor)", 'pengawas', 'producer_cooperative.group_coop_supervisor', "Aisyah, pengawas"),
    ("Gudang (warehouse)", 'gudang', 'stock.group_stock_user', "Parto, gudang"),
    ("Anggota (member, portal)", 'anggota', None, "Siti Aminah"),
)
