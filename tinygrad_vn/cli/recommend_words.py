"""What `tinygrad-vn recommend` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

RECOMMEND_WORDS: Final[dict[str, dict[Language, str]]] = {
    # --help
    "help recommend": {
        "vi": "huấn luyện, đánh giá và hỏi một hệ thống đề xuất phim (recommender system)",
        "en": "train, judge and question a movie recommender",
    },
    "about recommend": {
        "vi": "Hệ thống đề xuất phim, từng bước một: xem dữ liệu, huấn luyện, đánh giá, rồi hỏi. fit lưu mô hình vào "
        "out/recommender.npz, các lệnh sau đọc từ đó.",
        "en": "A movie recommender, step by step: look at the data, train, judge, ask. fit writes the model to "
        "out/recommender.npz, and the others read it from there.",
    },
    "recommend examples": {
        "vi": "ví dụ:\n  tinygrad-vn recommend inspect ratings.csv --movies movies.csv\n"
        "  tinygrad-vn recommend fit ratings.csv --movies movies.csv --model audience\n"
        "  tinygrad-vn recommend evaluate\n  tinygrad-vn recommend top --user 15 --n 10\n"
        '  tinygrad-vn recommend similar --film "Toy Story (1995)"\n'
        '  tinygrad-vn recommend explain --user 15 --film "Toy Story (1995)"\n  tinygrad-vn recommend rate',
        "en": "examples:\n  tinygrad-vn recommend inspect ratings.csv --movies movies.csv\n"
        "  tinygrad-vn recommend fit ratings.csv --movies movies.csv --model audience\n"
        "  tinygrad-vn recommend evaluate\n  tinygrad-vn recommend top --user 15 --n 10\n"
        '  tinygrad-vn recommend similar --film "Toy Story (1995)"\n'
        '  tinygrad-vn recommend explain --user 15 --film "Toy Story (1995)"\n  tinygrad-vn recommend rate',
    },
    "steps": {"vi": "các bước", "en": "steps"},
    "step": {"vi": "BƯỚC", "en": "STEP"},
    "recommend file": {"vi": "tệp", "en": "file"},
    "FILE": {"vi": "TỆP", "en": "FILE"},
    "inspect": {"vi": "xem một tệp điểm đánh giá: cách ghi, số lượng, phân bố", "en": "look at a file of ratings"},
    "fit": {
        "vi": "huấn luyện; một phần năm được giữ lại làm tập kiểm tra",
        "en": "train; a fifth is held out to judge by",
    },
    "evaluate": {
        "vi": "đánh giá mô hình trên tập kiểm tra, bên cạnh các baseline",
        "en": "judge by the ratings held out, beside the baselines",
    },
    "top": {"vi": "phim nên xem cho một người dùng", "en": "films for a user"},
    "similar": {"vi": "phim giống một phim", "en": "films like a film"},
    "explain": {"vi": "vì sao một dự đoán là như vậy", "en": "why a prediction is what it is"},
    "rate": {
        "vi": "hỏi bạn vài điểm đánh giá rồi đề xuất ngay",
        "en": "ask you for a few ratings and recommend at once",
    },
    "help recommend ratings": {
        "vi": "ratings.csv, u.data, ratings.dat hoặc ma trận (mặc định: bảng 15 × 15 của bài giảng)",
        "en": "a ratings.csv, u.data, ratings.dat, or a matrix (default: the lecture's table of 15 × 15)",
    },
    "help recommend learner": {
        "vi": "mô hình mà fit đã lưu (mặc định: out/recommender.npz)",
        "en": "what fit has written (default: out/recommender.npz)",
    },
    "help recommend movies": {
        "vi": "tệp có tên phim: movies.csv, movies.dat",
        "en": "the titles: movies.csv, movies.dat",
    },
    "help recommend encoding": {
        "vi": "encoding của các tệp (mặc định: utf-8); MovieLens cũ: latin-1",
        "en": "encoding of the files (default: utf-8); older MovieLens: latin-1",
    },
    "help recommend model": {
        "vi": "dot, dot_bias, audience hoặc net (mặc định: dot_bias)",
        "en": "dot, dot_bias, audience or net (default: dot_bias)",
    },
    "help recommend loss": {
        "vi": "mse để dự đoán số sao, softmax để xếp hạng phim (mặc định: mse)",
        "en": "mse to predict stars, softmax to rank films (default: mse)",
    },
    "help recommend factors": {
        "vi": "số factor (mặc định: tuỳ mô hình)",
        "en": "how many factors (default: the model's)",
    },
    "help recommend epochs": {"vi": "số epoch (mặc định: tuỳ mô hình)", "en": "how many epochs (default: the model's)"},
    "help recommend seed": {
        "vi": "seed của cách chia và của mô hình (mặc định: 0)",
        "en": "seed of the split and the model (default: 0)",
    },
    "help recommend evaluate seed": {
        "vi": "học lại và đánh giá trên những cách chia khác, mỗi seed một lần, chẳng hạn 0,1,2",
        "en": "learn and judge anew on other splits, once for every seed, such as 0,1,2",
    },
    "help recommend evaluate epochs": {
        "vi": "số epoch khi học lại với --seed (mặc định: tuỳ mô hình)",
        "en": "how many epochs to learn anew with --seed (default: the model's)",
    },
    "help recommend rate seed": {
        "vi": "chọn ngẫu nhiên các phim được hỏi (mặc định: những phim được chấm nhiều nhất)",
        "en": "draw the films that are asked about (default: those with the most ratings)",
    },
    "help recommend layout": {
        "vi": "cách ghi của tệp, nếu không tự nhận biết được: list (danh sách), table (bảng), matrix (ma trận)",
        "en": "how the file is laid out, where that cannot be found out: list, table or matrix",
    },
    "help recommend fit out": {
        "vi": "thư mục lưu mô hình (mặc định: out)",
        "en": "folder for the model (default: out)",
    },
    "help recommend out": {
        "vi": "lưu kết quả vào tệp này: .txt, .json hoặc .csv",
        "en": "write the answer into this file: .txt, .json or .csv",
    },
    "help recommend inspect out": {
        "vi": "lưu vào tệp này: .txt và .json những gì được in ra, .csv bảng 15 × 15",
        "en": "write into this file: .txt and .json what is printed, .csv the table of 15 × 15",
    },
    "help recommend test": {
        "vi": "tập kiểm tra (mặc định: test_ratings.csv bên cạnh mô hình)",
        "en": "ratings to judge by (default: test_ratings.csv beside the model)",
    },
    "help recommend user": {"vi": "mã người dùng", "en": "the user's id"},
    "help recommend film": {"vi": "mã, tên, hoặc một phần tên phim", "en": "the film's id, title, or a part of it"},
    "help recommend n": {"vi": "bao nhiêu phim (mặc định: 10)", "en": "how many films (default: 10)"},
    "help recommend rated": {
        "vi": "các điểm của bạn, không cần hỏi: mã phim=điểm,…",
        "en": "your ratings, instead of being asked: film's id=stars,…",
    },
    "recommend json": {"vi": "in kết quả ở dạng JSON", "en": "print the answer as JSON"},
    # mistakes
    "no step": {"vi": "hãy chọn một bước: {known}.", "en": "choose a step: {known}."},
    "one file": {"vi": "{words}: ở đây chỉ cần một tệp.", "en": "{words}: one file is enough here."},
    "no such encoding": {
        "vi": "--encoding {text}: không có encoding này. Hãy viết utf-8, latin-1, cp1258 hay utf-16.",
        "en": "--encoding {text}: there is no such encoding. Write utf-8, latin-1, cp1258 or utf-16.",
    },
    "no learner": {
        "vi": "{path}: chưa có mô hình nào ở đây. Hãy chạy tinygrad-vn recommend fit trước, hoặc chỉ ra tệp.",
        "en": "{path}: there is no model here. Run tinygrad-vn recommend fit first, or name its file.",
    },
    "not our learner": {
        "vi": "{path}: đây không phải là mô hình do recommend fit lưu: {text}",
        "en": "{path}: recommend fit has not written this: {text}",
    },
    "needs option": {"vi": "hãy thêm {option}, chẳng hạn {example}.", "en": "add {option}, such as {example}."},
    "no such user": {
        "vi": "--user {text}: không có người dùng này; có {count} người dùng, chẳng hạn {some}.",
        "en": "--user {text}: there is no such user; there are {count}, such as {some}.",
    },
    "no such film": {
        "vi": "{text}: không có phim này. {hint}",
        "en": "{text}: there is no such film. {hint}",
    },
    "film hint": {"vi": "Có lẽ là: {films}", "en": "Perhaps: {films}"},
    "film ids": {"vi": "Mã phim, chẳng hạn: {films}", "en": "Ids of films are, for example, {films}"},
    "several films": {
        "vi": "{text}: có {count} phim như vậy; hãy viết rõ hơn hoặc dùng mã: {films}",
        "en": "{text}: there are {count} such films; write more of the title, or the id: {films}",
    },
    "bad rated": {
        "vi": "{text}: hãy viết mã phim=điểm, điểm từ {low} đến {high}, chẳng hạn {example}.",
        "en": "{text}: write film's id=stars, stars from {low} to {high}, such as {example}.",
    },
    "rated twice": {
        "vi": "--rated: phim {film} có hai điểm; hãy chỉ giữ một.",
        "en": "--rated: film {film} is rated twice; keep one rating.",
    },
    "few ratings": {
        "vi": "{ratings} là quá ít, vì một phần năm được giữ lại làm tập kiểm tra. Hãy lấy ít nhất {fewest}.",
        "en": "{ratings} is too few, as a fifth is held out. Take at least {fewest}.",
    },
    "none rated": {
        "vi": "chưa có điểm nào nên không đề xuất được. Hãy chấm ít nhất một phim.",
        "en": "no film was rated, so nothing can be recommended. Rate at least one.",
    },
    "out ending": {
        "vi": "--out {text}: hãy ghi tên tệp với đuôi {known}.",
        "en": "--out {text}: name a file that ends with {known}.",
    },
    "cannot write answer": {
        "vi": "--out {path}: không ghi được: {reason}.",
        "en": "--out {path}: cannot be written: {reason}.",
    },
    "epochs without seed": {
        "vi": "--epochs chỉ dùng khi học lại: hãy thêm --seed, chẳng hạn --seed 0,1,2.",
        "en": "--epochs is for learning anew: add --seed, such as --seed 0,1,2.",
    },
    "seed without questions": {
        "vi": "--seed chọn các phim được hỏi, nhưng --rated thì không hỏi gì. Hãy bỏ một trong hai.",
        "en": "--seed draws the films to ask about, but with --rated nothing is asked. Leave one of them out.",
    },
    # inspect
    "inspected": {"vi": "{ratings} của {users} cho {films}", "en": "{ratings} that {users} gave {films}"},
    "laid out": {"vi": "{kind}, ngăn cách bằng {mark}, {header}", "en": "{kind}, separated by {mark}, {header}"},
    "kind list": {"vi": "danh sách", "en": "a list"},
    "kind table": {"vi": "bảng", "en": "a table"},
    "kind matrix": {"vi": "ma trận", "en": "a matrix"},
    "with header": {"vi": "tiêu đề {header}", "en": "header {header}"},
    "without header": {"vi": "không có tiêu đề", "en": "no header"},
    "filled": {"vi": "ô đã điền", "en": "cells filled"},
    "mean and deviation": {
        "vi": "trung bình {mean}, độ lệch chuẩn {deviation}",
        "en": "mean {mean}, standard deviation {deviation}",
    },
    "stars": {"vi": "điểm", "en": "stars"},
    "ratings per": {"vi": "số lượt đánh giá của mỗi", "en": "ratings per"},
    "fewest": {"vi": "ít nhất", "en": "fewest"},
    "median": {"vi": "trung vị", "en": "median"},
    "most": {"vi": "nhiều nhất", "en": "most"},
    "busiest": {
        "vi": "{users} người dùng chấm nhiều nhất và {films} phim được chấm nhiều nhất",
        "en": "The {users} busiest users and the {films} most-rated films",
    },
    # fit and evaluate
    "fitted": {
        "vi": "{model}, {factors} factor: tập huấn luyện có {ratings}, tập kiểm tra có {test}; {seconds} giây",
        "en": "{model}, {factors} factors: {ratings} to learn from, {test} held out; {seconds} s",
    },
    "only ranks": {
        "vi": "Mô hình này xếp hạng phim chứ không dự đoán số sao. Đánh giá: tinygrad-vn recommend evaluate {path}",
        "en": "This model ranks films and predicts no stars. Judge it by: tinygrad-vn recommend evaluate {path}",
    },
    "answer written": {"vi": "Đã lưu: {files}", "en": "Written: {files}"},
    "judged by": {"vi": "Đánh giá mô hình {model} trên tập kiểm tra {path}", "en": "{model}, judged by {path}"},
    "judged anew": {
        "vi": "Mô hình {model}, học lại trên {ratings}, mỗi lần {share} làm tập kiểm tra",
        "en": "{model}, learned anew from {ratings}, of which {share} are held out each time",
    },
    # top, similar, explain, rate
    "top of": {
        "vi": "Đề xuất cho người dùng {user} ([predicted rating])",
        "en": "Recommended to user {user} (predicted rating)",
    },
    "top of you": {"vi": "Đề xuất cho bạn ([predicted rating])", "en": "Recommended to you (predicted rating)"},
    "top of, by score": {
        "vi": "Đề xuất cho người dùng {user} (điểm xếp hạng, không phải số sao)",
        "en": "Recommended to user {user} (score, not stars)",
    },
    "top of you, by score": {
        "vi": "Đề xuất cho bạn (điểm xếp hạng, không phải số sao)",
        "en": "Recommended to you (score, not stars)",
    },
    "nothing left": {"vi": "Không còn phim nào chưa xem.", "en": "There is no film left to recommend."},
    "like": {"vi": "Phim giống {title} (1 là giống nhất)", "en": "Films like {title} (1 is the nearest)"},
    "cold mark": {"vi": "  (mới)", "en": "  (new)"},
    "ask": {
        "vi": "Bạn chấm mấy điểm, từ {low} đến {high}? Enter: chưa xem; q: đủ rồi.",
        "en": "How many stars, {low} to {high}? Enter: not seen; q: enough.",
    },
    "again": {"vi": "Hãy viết một số từ {low} đến {high}.", "en": "Write a number from {low} to {high}."},
    "your ratings": {"vi": "Điểm của bạn", "en": "Your ratings"},
    "learned from you": {
        "vi": "Đã học từ {ratings} của bạn trong {milliseconds} mili giây.",
        "en": "Learned from {ratings} of yours in {milliseconds} ms.",
    },
}
