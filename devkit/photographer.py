"""Photographs pages of a running Odoo with a headless Chromium; run by Odoo's Python, which has what it needs.

Reads one job as JSON from its standard input (see :class:`Job`) and prints the name of each picture that it has taken.
"""
from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_START = 30
SECONDS_TO_LOAD = 60
SECONDS_BETWEEN = 0.8
MOST_TRIES = 15
MOST_BYTES = 200_000
COLOURS = (256, 128, 64)
CHROMIUM_OPTIONS = (
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--font-render-hinting=none',
    '--remote-debugging-port=0', '--remote-allow-origins=*', 'about:blank',
)
IDLE = '''
document.readyState === 'complete' && document.fonts.status === 'loaded'
&& [...document.images].every((image) => image.complete)
&& (!document.querySelector('.o_web_client') || (
    document.querySelector('.o_content > *, .o_dialog') && !document.querySelector('.o_loading_indicator')))
'''
PROBLEM = '''
[...document.querySelectorAll('.o_error_dialog, .o_notification:has(.text-bg-danger, .bg-danger)')]
    .map((element) => element.innerText).join(' ').trim()
'''
#: What moves or blinks differs from one picture to the next; and the menu finds its place once the letters are there.
STILL = '''
(() => {
    const style = document.createElement('style');
    style.textContent = '* { caret-color: transparent !important; transition: none !important; }';
    document.head.append(style);
    window.dispatchEvent(new Event('resize'));
    // Leaving or hiding a page saves what was typed into it; nothing of what is photographed is saved.
    for (const name of ['beforeunload', 'visibilitychange']) {
        window.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
    }
})()
'''
KEYS = {'Enter': 13, 'Tab': 9, 'Escape': 27}


class Failed(Exception):
    """A picture could not be taken; the text says which and why."""


@dataclass(frozen=True)
class Job:
    """What is to be photographed: shots as they stand in ``devkit.pictures``, with their addresses filled in."""

    address: str
    database: str
    chromium: str
    folder: str
    shots: list[dict]


class Session:
    """A login of Odoo, and what it is asked without a browser."""

    def __init__(self, job: Job, login: str):
        self._job = job
        answer = self._post('/web/session/authenticate', {'db': job.database, 'login': login, 'password': login})
        self.uid = answer['result']['uid']
        self.cookie = self._cookie

    def speak(self, language: str) -> None:
        """Let the user's screens be in ``language``, as the user's own preferences would."""
        self._post('/web/dataset/call_kw/res.users/write', {
            'model': 'res.users', 'method': 'write', 'args': [[self.uid], {'lang': language}], 'kwargs': {},
        })

    def _post(self, path: str, parameters: dict) -> dict:
        request = urllib.request.Request(
            self._job.address + path, json.dumps({'jsonrpc': '2.0', 'params': parameters}).encode(),
            {'Content-Type': 'application/json', 'Cookie': f'session_id={getattr(self, "cookie", "")}'})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=SECONDS_TO_LOAD) as response:
            for header in response.headers.get_all('Set-Cookie') or ():
                name, _sign, value = header.partition(';')[0].partition('=')
                if name == 'session_id':
                    self._cookie = value
            answer = json.load(response)
        if 'error' in answer:
            raise Failed(f'{path}: {answer["error"]["data"]["message"]}')
        return answer


class Browser:
    """A Chromium that is driven over its DevTools protocol."""

    def __init__(self, program: str):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [program, f'--user-data-dir={self._profile.name}', *CHROMIUM_OPTIONS],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._number = 0

    def __enter__(self) -> Browser:
        # Not at the top: the tests of the dev command import this module without it.
        import websocket
        self._socket = websocket.create_connection(self._find_page(), timeout=SECONDS_TO_LOAD)
        for domain in ('Page', 'Network', 'Runtime'):
            self.call(f'{domain}.enable')
        return self

    def __exit__(self, kind, error, traceback) -> None:
        self._process.terminate()
        self._process.wait()
        self._profile.cleanup()

    def _find_page(self) -> str:
        port_file = Path(self._profile.name, 'DevToolsActivePort')
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if port_file.exists() and (lines := port_file.read_text().splitlines()):
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(f'http://127.0.0.1:{lines[0]}/json', timeout=SECONDS_TO_START) as answer:
                    pages = [page for page in json.load(answer) if page['type'] == 'page']
                if pages:
                    return pages[0]['webSocketDebuggerUrl']
            time.sleep(0.1)
        raise Failed('Chromium does not start.')

    def call(self, method: str, **parameters) -> dict:
        """Call a method of the protocol and return its result; what happens in between is passed over."""
        self._number += 1
        self._socket.send(json.dumps({'id': self._number, 'method': method, 'params': parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get('id') == self._number:
                if 'error' in answer:
                    raise Failed(f'{method}: {answer["error"]["message"]}')
                return answer['result']

    def value_of(self, expression: str):
        """Return what ``expression`` is in the page; nothing where the page is being left."""
        return self.call('Runtime.evaluate', expression=expression, returnByValue=True)['result'].get('value')

    def wait_for(self, expression: str, what: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_LOAD
        while time.monotonic() < deadline:
            if self.value_of(expression):
                return
            time.sleep(0.1)
        raise Failed(f'{what} did not come within {SECONDS_TO_LOAD} seconds')


class Photographer:
    """Takes the shots of a job, one after the other, in one browser."""

    def __init__(self, job: Job, browser: Browser):
        self._job = job
        self._browser = browser
        self._sessions: dict[str, Session] = {}

    def take(self, shot: dict) -> None:
        """Take one picture and put it into the folder."""
        try:
            self._log_in(shot['login'], shot['language'])
            width, height, scale = shot['size']
            self._browser.call(
                'Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=scale,
                mobile=scale > 1)
            self._browser.call('Emulation.setTimezoneOverride', timezoneId='Asia/Jakarta')
            self._browser.call('Page.navigate', url='about:blank')
            self._browser.call('Page.navigate', url=self._job.address + shot['address'])
            self._browser.wait_for(f'location.href !== "about:blank" && {IDLE}', 'the page')
            self._browser.value_of(STILL)
            for step in shot['steps']:
                self._do(*step)
            data = self._look()
            if problem := self._browser.value_of(PROBLEM):
                raise Failed(f'the page says: {problem}')
        except Failed as error:
            raise Failed(f'{shot["name"]}: {error}') from error
        compressed = compress(base64.b64decode(data), shot['name'])
        Path(self._job.folder, f'{shot["name"]}.png').write_bytes(compressed)

    def _look(self) -> str:
        """Return a picture of the page once it has come to rest: two pictures in a row are the same."""
        seen = ''
        for _try in range(MOST_TRIES):
            time.sleep(SECONDS_BETWEEN)
            data = self._browser.call('Page.captureScreenshot', format='png')['data']
            if data == seen:
                return data
            seen = data
        raise Failed('the page does not come to rest')

    def _log_in(self, login: str, language: str) -> None:
        session = self._sessions.get(login) or self._sessions.setdefault(login, Session(self._job, login))
        session.speak(language)
        self._browser.call('Network.clearBrowserCookies')
        for name, value in (('session_id', session.cookie), ('frontend_lang', language)):
            self._browser.call('Network.setCookie', name=name, value=value, url=self._job.address)

    def _do(self, action: str, target: str, text: str = '') -> None:
        """Do what somebody does on the page: wait, click, show or type at a selector, or press a key."""
        if action == 'press':
            for kind in ('keyDown', 'keyUp'):
                self._browser.call(
                    'Input.dispatchKeyEvent', type=kind, key=target, code=target, windowsVirtualKeyCode=KEYS[target],
                    **({'text': '\r'} if target == 'Enter' and kind == 'keyDown' else {}))
        else:
            found = f'document.querySelector({json.dumps(target)})'
            self._browser.wait_for(f'!!{found}', target)
            effect = {
                'wait': 'true', 'click': f'{found}.click()', 'type': f'{found}.focus()',
                'show': f'{found}.scrollIntoView({{block: "start"}})',
            }[action]
            self._browser.value_of(effect)
        if action == 'type':
            self._browser.call('Input.insertText', text=text)
        time.sleep(0.3)
        self._browser.wait_for(IDLE, 'the page')


def compress(data: bytes, name: str) -> bytes:
    """Return a PNG with as many colours as its size allows.

    :raise Failed: if even the fewest leave it larger than it may be.
    """
    # Not at the top: the tests of the dev command import this module without it.
    from PIL import Image
    image = Image.open(io.BytesIO(data)).convert('RGB')
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise Failed(f'{name} takes {out.tell()} bytes; photograph less of the page')


def main() -> int:
    job = Job(**json.load(sys.stdin))
    try:
        with Browser(job.chromium) as browser:
            photographer = Photographer(job, browser)
            for shot in job.shots:
                photographer.take(shot)
                print(shot['name'], flush=True)
    except Failed as error:
        print(f'! {error}', flush=True)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
