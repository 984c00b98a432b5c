"""Tests of the dev command itself: ``python3 -m unittest discover -t . devkit/tests``; ``./dev lint`` runs them."""
