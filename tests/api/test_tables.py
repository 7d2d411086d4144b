"""Tables as sheets: read before they are saved, and written."""

from pathlib import Path
from typing import Any

from api_client import Answer, Client, client_of
from inside_server import inside, workspace_files

SHEET = "phone;tier;points;since\n+31611111111;gold;12;2020-05-01\n0612;;many;\n;silver;3;soon\n+31611111111;;4;x\n"


async def _read(client: Client, sheet: bytes, query: str = "") -> Answer:
    return await client.ask("POST", f"/api/v1/tables/read{query}", data=sheet, extra={"Content-Type": "text/csv"})


async def test_a_sheet_is_read_with_its_types_and_its_mistakes_by_line(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        sheet = SHEET + "".join(f"{number};;{number};2024-01-0{number}\n" for number in range(1, 9))
        read = (await _read(client, sheet.encode())).body
        assert {one["name"]: one["type"] for one in read["columns"]} == {
            "phone": "text",
            "tier": "text",
            "points": "number",
            "since": "time",
        }
        assert read["key"] == "phone"
        assert read["rows"][0] == {"phone": "+31611111111", "tier": "gold", "points": 12, "since": "2020-05-01"}
        assert read["rows"][1] == {"phone": "0612", "points": "many"}
        told = [(one["line"], one["row"], one["column"]) for one in read["problems"]]
        assert told == [(3, 1, "points"), (4, 2, "since"), (4, 2, "phone"), (5, 3, "since"), (5, 3, "phone")]
        assert "line 2 already" in read["problems"][-1]["sentence"]


async def test_what_somebody_chose_goes_before_the_guess(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        read = (await _read(client, b"id,points\na,1\nb,2\n", "?key=points&column_type=id:number")).body
        assert read["key"] == "points"
        assert read["rows"][0] == {"id": "a", "points": "1"}
        assert [one["column"] for one in read["problems"]] == ["id", "id"]
        assert (await _read(client, b"id\n", "?column_type=id:colour")).code == "not_understood"


async def test_a_sheet_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        for sheet, sentence in (
            (b"", "name each column once"),
            (b"a,a\n1,2\n", "names `a` twice"),
            (b'a,b\n1,2\n"open', "this is not CSV"),
            (b"a,b\n1,2,3\n", "more cells than columns"),
        ):
            problems = (await _read(client, sheet)).body["problems"]
            assert [sentence in one["sentence"] for one in problems] == [True], problems
        heard = await client.ask(
            "POST", "/api/v1/tables/read", data=b"a\n,2\n", extra={"Content-Type": "text/csv", "Accept-Language": "pt"}
        )
        told = {one["sentence"]: one["fix"] for one in heard.body["problems"]}
        assert told["esta linha tem mais células que colunas"] == "ponha entre aspas o texto com a vírgula"
        large = await _read(client, b"a\n" + b"x" * (1 << 20))
        assert (large.status, large.code) == (413, "too_large")


async def test_sheets_of_other_alphabets_are_read(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        for encoding in ("utf-8-sig", "utf-16", "cp1252"):
            read = (await _read(client, "naïve\té\nça\t1\n".encode(encoding))).body
            assert (read["rows"], read["problems"]) == ([{"naïve": "ça", "é": 1}], []), encoding


async def test_a_table_comes_out_as_a_sheet_that_reads_as_the_same_rows(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"phone": "+31611111111", "note": "=1+1", "points": 12.5, "vip": True, "since": "2020-05-01"},
        {"phone": "0612", "note": 'a "b", c\nd'},
    ]
    columns = {"note": "text", "points": "number", "vip": "boolean", "since": "time"}
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        put = await client.send("PUT", "/tables/vips", {"key": "phone", "columns": columns, "rows": rows})
        assert put.status == 200, put.text
        sheet = await client.ask("GET", "/api/v1/tables/vips/csv")
        assert sheet.headers["content-type"].startswith("text/csv")
        assert "vips.csv" in sheet.headers["content-disposition"]
        assert "'=1+1" in sheet.text, "no spreadsheet carries it out"
        types = "&".join(f"column_type={name}:{type_}" for name, type_ in columns.items())
        read = (await _read(client, sheet.text.encode(), f"?{types}")).body
        assert (read["rows"], read["problems"]) == (rows, [])
        assert (await client.ask("GET", "/api/v1/tables/other/csv")).code == "not_found"


async def test_five_thousand_rows_are_read_and_kept(tmp_path: Path) -> None:
    sheet = "phone,tier\n" + "".join(f"+3161{number:07},gold\n" for number in range(5_000))
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        read = (await _read(client, sheet.encode())).body
        assert (len(read["rows"]), read["problems"]) == (5_000, [])
        put = await client.send("PUT", "/tables/vips", {"key": "phone", "rows": read["rows"]})
        assert put.status == 200, put.text[:300]
        assert len((await client.get("/tables/vips"))["rows"]) == 5_000
