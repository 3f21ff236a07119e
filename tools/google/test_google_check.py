#!/usr/bin/env python3
"""The judge must find what is wrong, and must not find what is right.

    python3 -m unittest discover tools/google
"""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from checking_proxy import inner_request, inner_response, split_parts
from google_check import Judge

JSON = {"Content-Type": "application/json; charset=UTF-8"}
ME = "/gmail/v1/users/me"
judge = Judge()


def answer(value, url=f"{ME}/messages/1f", verb="GET", status=200):
    return judge.exchange(verb, url, {}, b"", status, JSON, json.dumps(value).encode()).response


def request(url, verb="GET", body=b"", headers=JSON):
    return judge.exchange(verb, url, headers, body, None, {}, b"").request


class Answers(unittest.TestCase):
    def test_right_ones_pass(self):
        self.assertEqual(answer({"id": "1f", "historyId": "18446744073709551615", "payload": {"parts": [{"body": {"size": 3}}]}}), [])
        error = {"error": {"code": 404, "message": "x", "errors": [{"reason": "notFound"}], "status": "NOT_FOUND"}}
        self.assertEqual(answer(error, status=404), [])

    def test_wrong_ones_are_found(self):
        for value in (
            {"colour": 1},
            {"historyId": 5},
            {"historyId": "18446744073709551616"},
            {"internalDate": "soon"},
            {"sizeEstimate": "5"},
            {"sizeEstimate": 2**40},
            {"labelIds": "INBOX"},
            {"labelIds": []},
            {"raw": "#"},
            {"snippet": None},
            {"payload": {"parts": [{"headers": [{"nam": "x"}]}]}},
            [],
        ):
            self.assertEqual(len(answer(value)), 1, value)
        self.assertTrue(answer({"error": "text"}, status=404))
        self.assertTrue(answer({"error": {"code": 500, "message": "x"}}, status=404))
        self.assertTrue(judge.exchange("GET", f"{ME}/labels", {}, b"", 200, {"Content-Type": "text/html"}, b"<html>").response)
        self.assertTrue(judge.exchange("DELETE", f"{ME}/messages/1f", {}, b"", 200, JSON, b"{}").response)


class Requests(unittest.TestCase):
    def test_right_ones_pass(self):
        self.assertEqual(request(f"{ME}/messages/1f?format=metadata&metadataHeaders=a&metadataHeaders=b&fields=id&quotaUser=u"), [])
        self.assertEqual(request(f"{ME}/messages/send", "POST", b'{"raw": "YQ=="}'), [])
        self.assertEqual(request(f"/upload{ME}/messages/send?uploadType=media", "POST", b"From: x", {"Content-Type": "message/rfc822"}), [])
        self.assertEqual(request("/token", "POST", b"grant_type=x"), [])

    def test_wrong_ones_are_found(self):
        for url in ("messages?colour=1", "messages?maxResults=many", "messages?includeSpamTrash=yes", "messages/1f?format=fat",
                    "messages?q=a&q=b", "nothing", "history?startHistoryId=x", "messages?maxResults=1&maxResults=2"):
            self.assertEqual(len(request(f"{ME}/{url}")), 1, url)
        self.assertTrue(request(f"{ME}/messages/send", "POST", b'{"raw": 1}'))
        self.assertTrue(request(f"{ME}/messages/send", "POST", b'{"rew": ""}'))
        self.assertTrue(request(f"{ME}/messages/send", "POST", b"From: x", {"Content-Type": "message/rfc822"}))
        self.assertTrue(request(f"{ME}/messages/1f/trash", "POST", b'{"x": 1}'))

    def test_literal_paths_win(self):
        self.assertEqual(judge.find("POST", f"{ME}/messages/send").description["id"], "gmail.users.messages.send")
        self.assertEqual(judge.find("GET", f"{ME}/messages/send").description["id"], "gmail.users.messages.get")


class Batches(unittest.TestCase):
    def test_parts_are_taken_apart(self):
        body = (b"--b\r\nContent-Type: application/http\r\nContent-ID: <1>\r\n\r\nPOST https://x.example/a?b=c HTTP/1.1\r\n"
                b"Content-Type: application/json\r\n\r\n{\"a\": 1}\r\n--b\r\n\r\nGET /d HTTP/1.1\r\n\r\n\r\n--b--\r\n")
        first, second = split_parts("multipart/mixed; boundary=\"b\"", body)
        self.assertEqual(first[0]["content-id"], "<1>")
        self.assertEqual(inner_request(first[1], {"authorization": "t"}),
                         ("POST", "/a?b=c", {"content-type": "application/json", "authorization": "t"}, b'{"a": 1}'))
        self.assertEqual(inner_request(second[1], {})[:2], ("GET", "/d"))
        self.assertEqual(inner_response(b"HTTP/1.1 404 Not Found\nA: b\n\n{}"), (404, {"a": "b"}, b"{}"))


if __name__ == "__main__":
    unittest.main()
