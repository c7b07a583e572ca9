package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.core.torchscript.Refusals.attack;
import static org.plumbline.core.torchscript.Refusals.utf8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Files that two zip readers understand differently, that leave their folder, or that explode. */
class HostileZipTest {
    private static final Path GOOD = TestArchives.reference("small_cnn.trace");
    private static final String ROOT = "small_cnn.trace/";
    private static final byte[] ONE = {1};
    private static final int CENTRAL = 46;

    @TempDir Path folder;

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("empty file", "zip file", good -> new byte[0]),
                attack("text file", "zip file", good -> utf8("not a zip".repeat(99))),
                attack("zip without entries", "empty zip", good -> emptyZip()),
                attack("no data.pkl", "data.pkl", good -> good.remove("/data.pkl").bytes()),
                attack("no constants", "constants", good -> good.remove("constants.pkl").bytes()),
                attack("missing data/0", "data/0", good -> good.remove("/data/0").bytes()),
                attack("absolute name", "relative", good -> good.add("/etc/x", ONE).bytes()),
                attack("escaping name", "relative", good -> good.add(ROOT + "../x", ONE).bytes()),
                attack("backslash name", "relative", good -> good.add(ROOT + "a\\b", ONE).bytes()),
                attack("NUL in a name", "relative", good -> good.add(ROOT + "a\0b", ONE).bytes()),
                attack("dot segment", "relative", good -> good.add(ROOT + "./x", ONE).bytes()),
                attack("empty segment", "relative", good -> good.add(ROOT + "a//x", ONE).bytes()),
                attack("two roots", "one root", good -> good.add("other/x", ONE).bytes()),
                attack("duplicate names", "unique", HostileZipTest::duplicate),
                attack(
                        "names that differ by case",
                        "without regard to case",
                        good -> good.add(ROOT + "DATA.pkl", ONE).bytes()),
                attack(
                        "names that differ by normalisation",
                        "without regard to case and form",
                        good -> good.add(ROOT + "\u00e9", ONE).add(ROOT + "e\u0301", ONE).bytes()),
                attack(
                        "code the checks would not see but the engine would",
                        "lower case",
                        good -> good.add(ROOT + "code/__torch__/evil.PY", ONE).bytes()),
                attack(
                        "overlapping entries",
                        "overlap",
                        good -> central(good, "/data/0", 20, 100, 24, 100)),
                attack(
                        "wrong checksum of a pickle",
                        "checksum",
                        good -> central(good, "/data.pkl", 16, 1)),
                attack(
                        "wrong checksum of a tensor",
                        "checksum",
                        good -> central(good, "/data/0", 16, 1)),
                attack("encrypted", "encrypted", good -> flag(good, 0x01)),
                attack("strongly encrypted", "encrypted", good -> flag(good, 0x40)),
                attack("several disks", "one disk", good -> end(good.bytes(), 4, 1)),
                attack("entries on another disk", "one disk", good -> end(good.bytes(), 8, 1)),
                attack("an entry's other disk", "disk", good -> central(good, "/data/0", 34, 1)),
                attack("zip64 that says otherwise", "zip64", HostileZipTest::zip64Lies),
                attack("zip64 beyond the file", "zip64", HostileZipTest::zip64Beyond),
                attack(
                        "comment with a directory of its own",
                        "no comment",
                        HostileZipTest::comment),
                attack("link", "link", good -> central(good, "/data/0", 38, 0xA1FF << 16)),
                attack("unknown method", "stored or", good -> central(good, "/data/0", 10, 99)),
                attack("big endian", "little", HostileZipTest::bigEndian),
                attack(
                        "deflate bomb of code",
                        "at most",
                        good -> good.put("pooling.py", new byte[20 << 20]).deflated().bytes()),
                attack(
                        "deflate bomb of a tensor",
                        "inflates to",
                        good -> good.put("/data/0", new byte[64 << 20]).deflated().bytes()),
                attack(
                        "deflate bomb of two gigabytes",
                        "times as many",
                        good -> central(good.deflated(), "/data/0", 24, 2_000_000_000)),
                attack(
                        "deflated to more than it says",
                        "inflates otherwise",
                        good -> central(good.deflated(), "/data.pkl", 24, -4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefused(String name, String reason, Refusals.Attack attack) throws IOException {
        Refusals.assertRefused(GOOD, attack, reason, folder);
    }

    @ParameterizedTest(name = "{0} of 16 parts")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void aTruncatedFileIsRefused(int parts) throws IOException {
        Refusals.assertRefused(
                GOOD,
                good -> Arrays.copyOf(good.bytes(), good.bytes().length * parts / 16),
                "zip",
                folder);
    }

    @Test
    void tensorsBeyondTheBudgetAreRefused() {
        ArchiveLimits small =
                new ArchiveLimits(
                        ArchiveLimits.DEFAULT.zip(), 1 << 20, 1 << 20, 1 << 20, 1_000, 1_000);

        assertThatThrownBy(() -> Archive.open(GOOD, small).close())
                .hasMessageContaining("memory budget");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Archive.open(folder.resolve("none.pt")).close())
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("none.pt");
    }

    private static byte[] emptyZip() {
        byte[] end = new byte[22];
        ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).putInt(0x06054b50);
        return end;
    }

    private static byte[] bigEndian(ArchiveForge good) throws IOException {
        return good.add(ROOT + "byteorder", utf8("big")).bytes();
    }

    /** {@code data/0} and {@code data/1} get the same name, in both headers. */
    private static byte[] duplicate(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        byte[] from = utf8(ROOT + "data/1");
        for (int i = 0; i + from.length < zip.length; i++) {
            boolean next = Character.isDigit(zip[i + from.length]);
            if (!next && Arrays.equals(zip, i, i + from.length, from, 0, from.length)) {
                zip[i + from.length - 1] = '0';
            }
        }
        return zip;
    }

    private static byte[] flag(ArchiveForge good, int flag) throws IOException {
        return central(good, "/data/0", 8, flag);
    }

    /** Adds to numbers of an entry's central header; 16 bits below offset 16 and at 34. */
    private static byte[] central(ArchiveForge good, String entry, int... changes)
            throws IOException {
        byte[] zip = good.bytes();
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        byte[] name = utf8(good.name(entry));
        int at = in.getInt(zip.length - 22 + 16);
        while (!Arrays.equals(
                zip, at + CENTRAL, at + CENTRAL + in.getShort(at + 28), name, 0, name.length)) {
            at += CENTRAL + in.getShort(at + 28) + in.getShort(at + 30) + in.getShort(at + 32);
        }
        for (int i = 0; i < changes.length; i += 2) {
            int field = at + changes[i];
            if (changes[i] < 16 || changes[i] == 34) {
                in.putShort(field, (short) (in.getShort(field) + changes[i + 1]));
            } else {
                in.putInt(field, in.getInt(field) + changes[i + 1]);
            }
        }
        return zip;
    }

    private static byte[] end(byte[] zip, int field, int added) {
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int at = zip.length - 22 + field;
        in.putShort(at, (short) (in.getShort(at) + added));
        return zip;
    }

    /** A file whose 64-bit record names one entry fewer than its 32-bit one. */
    private static byte[] zip64Lies(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.length - 22;
        return zip64(zip, in.getShort(end + 10) - 1, end);
    }

    private static byte[] zip64Beyond(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        return zip64(zip, 1, Integer.MAX_VALUE);
    }

    private static byte[] zip64(byte[] zip, long entries, long position) throws IOException {
        int end = zip.length - 22;
        ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer record = ByteBuffer.allocate(56 + 20).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
        record.putInt(0).putInt(0).putLong(entries).putLong(entries);
        record.putLong(in.getInt(end + 12)).putLong(in.getInt(end + 16));
        record.putInt(0x07064b50).putInt(0).putLong(position).putInt(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(zip, 0, end);
        out.write(record.array());
        out.write(zip, end, 22);
        return out.toByteArray();
    }

    /** The comment ends like a zip file, which a reader that searches backwards believes. */
    private static byte[] comment(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        byte[] second = Arrays.copyOfRange(zip, zip.length - 22, zip.length);
        end(zip, 20, second.length + 4);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(zip);
        out.writeBytes(second);
        out.writeBytes(new byte[4]);
        return out.toByteArray();
    }
}
