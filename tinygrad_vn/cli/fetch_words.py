"""What `tinygrad-vn fetch` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

FETCH_WORDS: Final[dict[str, dict[Language, str]]] = {
    "help fetch": {
        "vi": "tải một bộ dữ liệu điểm đánh giá phim của GroupLens",
        "en": "download a set of film ratings from GroupLens",
    },
    "about fetch": {
        "vi": "Tải bộ dữ liệu từ GroupLens, đối chiếu SHA-256 với các bản phát hành đã biết rồi giải nén. "
        "Bộ dữ liệu đã có sẵn thì chỉ được kiểm tra lại.",
        "en": "Downloads a data set from GroupLens, compares its SHA-256 with the releases that are known, and unpacks "
        "it. One that is there already is only checked again.",
    },
    "data set": {"vi": "bộ dữ liệu", "en": "data set"},
    "dataset name": {"vi": "TÊN", "en": "NAME"},
    "help dataset": {"vi": "tên bộ dữ liệu; có: {known}", "en": "its name; there are: {known}"},
    "help to": {
        "vi": "thư mục để đặt bộ dữ liệu vào (mặc định: data)",
        "en": "folder to put the data set into (default: data)",
    },
    "help url": {
        "vi": "tải từ địa chỉ này, chẳng hạn một bản sao trong phòng máy; SHA-256 vẫn được đối chiếu",
        "en": "download from this address, such as a copy in the classroom; its SHA-256 is compared all the same",
    },
    "fetch examples": {
        "vi": "ví dụ:\n  tinygrad-vn fetch movielens-small\n"
        "  tinygrad-vn demo --ratings data/movielens-small/ratings.csv --movies data/movielens-small/movies.csv",
        "en": "examples:\n  tinygrad-vn fetch movielens-small\n"
        "  tinygrad-vn demo --ratings data/movielens-small/ratings.csv --movies data/movielens-small/movies.csv",
    },
    "no such data set": {
        "vi": "không có bộ dữ liệu {name}; có: {known}.",
        "en": "there is no data set {name}; there are: {known}.",
    },
    "which data set": {"vi": "hãy ghi tên bộ dữ liệu: {known}.", "en": "name a data set: {known}."},
    "bad url": {
        "vi": "--url {url}: hãy ghi một địa chỉ bắt đầu bằng https:// hoặc http://.",
        "en": "--url {url}: write an address that begins with https:// or http://.",
    },
    "no to": {"vi": "--to '': hãy ghi tên một thư mục.", "en": "--to '': name a folder."},
    "no pooch": {
        "vi": "để tải dữ liệu cần thư viện pooch. Cài bằng lệnh: pip install '{extra}'",
        "en": "downloading needs the library pooch. This command adds it: pip install '{extra}'",
    },
    "in the way": {
        "vi": "{folder} đã có nhưng không phải bản phát hành nào đã biết. Hãy đổi tên nó, hoặc chọn --to khác.",
        "en": "{folder} is there already but is no release that is known. Rename it, or choose another --to.",
    },
    "downloading": {"vi": "Đang tải {url}", "en": "Downloading {url}"},
    "already there": {"vi": "Đã có sẵn và không thay đổi: {release}", "en": "Already there and unchanged: {release}"},
    "fetched": {"vi": "Đã tải về, SHA-256 khớp: {release}", "en": "Downloaded, SHA-256 agrees: {release}"},
    "fetched files": {"vi": "{folder}: {files}", "en": "{folder}: {files}"},
    "terms": {
        "vi": "Điều khoản sử dụng: README.txt trong thư mục này và {url}",
        "en": "Terms of use: README.txt in this folder, and {url}",
    },
    "no network": {
        "vi": "không kết nối được với {host}. Hãy kiểm tra mạng, hoặc tải {url} bằng máy khác rồi giải nén "
        "vào {folder}.",
        "en": "{host} cannot be reached. Check the network, or download {url} elsewhere and unpack it into {folder}.",
    },
    "too slow": {
        "vi": "{host} không trả lời trong {seconds} giây. Hãy thử lại sau.",
        "en": "{host} did not answer within {seconds} seconds. Try again later.",
    },
    "broken off": {
        "vi": "việc tải từ {host} bị đứt giữa chừng; không có gì được giữ lại. Hãy thử lại.",
        "en": "the download from {host} broke off; nothing of it was kept. Try again.",
    },
    "not found": {
        "vi": "máy chủ trả lời {status} cho {url}: ở đó không có tệp này. Hãy xem {terms}.",
        "en": "the server answers {status} for {url}: the file is not there. See {terms}.",
    },
    "server failed": {
        "vi": "máy chủ trả lời {status} cho {url}. Hãy thử lại sau.",
        "en": "the server answers {status} for {url}. Try again later.",
    },
    "download too large": {
        "vi": "{url} gửi hơn {most} MB, nhiều hơn bộ dữ liệu này có thể có; đã dừng tải. Hãy kiểm tra địa chỉ.",
        "en": "{url} sends more than {most} MB, more than this data set can have; stopped. Check the address.",
    },
    "wrong content": {
        "vi": "{url} gửi về một thứ không phải tệp zip; nó bắt đầu bằng {start}. Hãy kiểm tra địa chỉ, và xem mạng có "
        "yêu cầu đăng nhập không.",
        "en": "{url} sends something that is no zip archive; it begins with {start}. Check the address, and whether "
        "the network wants you to log in.",
    },
    "unknown release": {
        "vi": "{url} có SHA-256 {sha256}, không khớp bản phát hành nào đã biết, nên không có gì được giữ lại. Đã biết: "
        "{known}. Có thể GroupLens đã ra bản mới: hãy xem {terms}.",
        "en": "{url} has the SHA-256 {sha256}, which is that of no release that is known, so nothing of it was kept. "
        "Known are {known}. GroupLens may have published a new one: see {terms}.",
    },
    "cannot store": {
        "vi": "--to {folder}: không ghi được vào đây: {reason}. Không có gì dở dang còn lại; hãy chọn thư mục khác.",
        "en": "--to {folder}: cannot write here: {reason}. Nothing half-made is left; choose another folder.",
    },
}
