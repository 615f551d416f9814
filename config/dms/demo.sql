-- The document register of the demo: what a Vietnamese office keeps of the documents it
-- sends (văn bản đi) and receives (văn bản đến).  SQLite; tests run it on PostgreSQL too.

CREATE TABLE don_vi (                           -- đơn vị: who is who
    ma_dinh_danh          VARCHAR(35) PRIMARY KEY,
    ten_don_vi            VARCHAR(200) NOT NULL,
    la_don_vi_minh        INTEGER DEFAULT 0 NOT NULL
);

CREATE TABLE van_ban_di (                       -- outgoing documents
    id                    INTEGER PRIMARY KEY,
    so                    VARCHAR(11),
    ky_hieu               VARCHAR(30),
    ngay_ban_hanh         DATE,
    dia_danh              VARCHAR(50),
    trich_yeu             VARCHAR(1500),
    loai_van_ban          VARCHAR(100),
    quyen_han_ky          VARCHAR(20),
    chuc_vu_ky            VARCHAR(100),
    nguoi_ky              VARCHAR(50),
    do_khan               VARCHAR(20) DEFAULT 'Thường' NOT NULL,
    do_mat                VARCHAR(20) DEFAULT 'Thường' NOT NULL,
    han_tra_loi           DATE,
    so_trang              INTEGER,
    tra_loi_don_vi        VARCHAR(35),          -- the document this one answers
    tra_loi_so_ky_hieu    VARCHAR(50),
    tra_loi_ngay          DATE,
    loai_nghiep_vu        VARCHAR(20) DEFAULT 'Văn bản mới' NOT NULL,
    van_ban_goc           INTEGER,              -- the document it recalls or changes
    ly_do_nghiep_vu       VARCHAR(500),
    trang_thai_lien_thong VARCHAR(30) DEFAULT 'Dự thảo' NOT NULL,
    ly_do                 VARCHAR(1000),
    cap_nhat_luc          TIMESTAMP
);

CREATE TABLE noi_nhan_van_ban_di (              -- one row per recipient
    van_ban_id            INTEGER NOT NULL REFERENCES van_ban_di (id),
    ma_dinh_danh          VARCHAR(35) NOT NULL,
    ten_don_vi            VARCHAR(200),
    trang_thai            VARCHAR(30) DEFAULT 'Chờ gửi' NOT NULL,
    ngay_gui              TIMESTAMP,
    ngay_den              TIMESTAMP,
    ly_do                 VARCHAR(1000),
    cap_nhat_luc          TIMESTAMP,
    trang_thai_xu_ly      VARCHAR(30),          -- what the recipient has done with it
    cap_nhat_xu_ly_luc    TIMESTAMP,
    PRIMARY KEY (van_ban_id, ma_dinh_danh)
);

CREATE TABLE tep_dinh_kem_van_ban_di (          -- files, in the table or in a folder
    id                    INTEGER PRIMARY KEY,
    van_ban_id            INTEGER NOT NULL REFERENCES van_ban_di (id),
    thu_tu                INTEGER NOT NULL,
    ten_tep               VARCHAR(255) NOT NULL,
    mo_ta                 VARCHAR(500),
    duong_dan             VARCHAR(500),
    noi_dung              BLOB
);

CREATE INDEX tep_cua_van_ban_di ON tep_dinh_kem_van_ban_di (van_ban_id);

CREATE TABLE van_ban_den (                      -- incoming documents
    id                    INTEGER PRIMARY KEY,
    ma_giao_nhan          VARCHAR(64) NOT NULL UNIQUE,
    ma_van_ban            VARCHAR(100) NOT NULL,
    ma_don_vi_gui         VARCHAR(35) NOT NULL,
    ten_don_vi_gui        VARCHAR(200),
    so                    VARCHAR(11),
    ky_hieu               VARCHAR(30),
    ngay_ban_hanh         DATE,
    trich_yeu             VARCHAR(500) NOT NULL,
    loai_van_ban          VARCHAR(100),
    chuc_vu_ky            VARCHAR(100),
    nguoi_ky              VARCHAR(50),
    do_khan               VARCHAR(20) NOT NULL,
    han_tra_loi           DATE,
    tra_loi_so_ky_hieu    VARCHAR(50),
    ngay_den              TIMESTAMP NOT NULL,
    so_den                INTEGER,              -- given by the clerk who registers it
    trang_thai            VARCHAR(30) DEFAULT 'Chờ tiếp nhận' NOT NULL,
    trang_thai_da_bao     VARCHAR(30) DEFAULT 'Chờ tiếp nhận' NOT NULL,  -- told its sender
    ly_do_tra_lai         VARCHAR(500),         -- why it is refused (Từ chối)
    ly_do_thay_doi        VARCHAR(1000),        -- why its sender has changed it
    cap_nhat_luc          TIMESTAMP,            -- when it was updated by its sender
    thay_the_boi          INTEGER,              -- the document that replaces it
    yeu_cau               VARCHAR(20),          -- what its sender asks of the clerk
    ma_yeu_cau            VARCHAR(40),
    ly_do_yeu_cau         VARCHAR(1000),
    quyet_dinh            VARCHAR(20),          -- the clerk's answer: Đồng ý, Từ chối
    ly_do_quyet_dinh      VARCHAR(1000),
    quyet_dinh_da_bao     TIMESTAMP             -- since when the sender is told
);

CREATE TABLE tep_dinh_kem_van_ban_den (
    id                    INTEGER PRIMARY KEY,
    van_ban_id            INTEGER NOT NULL REFERENCES van_ban_den (id),
    thu_tu                INTEGER NOT NULL,
    ten_tep               VARCHAR(255) NOT NULL,
    kieu_tep              VARCHAR(100),
    kich_thuoc            INTEGER NOT NULL,
    noi_dung              BLOB NOT NULL,
    phien_ban             VARCHAR(64) DEFAULT '' NOT NULL,  -- the update it came with
    thay_the_luc          TIMESTAMP,            -- since when an update has replaced it
    UNIQUE (van_ban_id, phien_ban, thu_tu)
);
