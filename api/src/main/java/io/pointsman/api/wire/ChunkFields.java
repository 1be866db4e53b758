package io.pointsman.api.wire;

import io.pointsman.api.wire.RawFields.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The fields of a chunk, as places in its bytes. Confined to one thread while the chunk is read,
/// and not changed after that.
final class ChunkFields implements ChunkContent {

    /// The chunk that has the fields before the choices, byte for byte: this one where they are
    /// among these fields, else an earlier one.
    private final byte[] head;

    private final boolean whole;
    private final List<Field> others = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>(1);

    /// How many arrays of choices there are, and how many elements the last one has.
    private int arrays;

    private int elements;

    /// How many other fields are before the choices.
    private int before;

    private @Nullable ChunkText onlyText;

    /// @param head the chunk that has the fields before the choices
    /// @param whole whether these are to be read from this one
    ChunkFields(byte[] head, boolean whole) {
        this.head = head;
        this.whole = whole;
    }

    void add(Field other) {
        others.add(other);
    }

    /// Begins an array of choices. Of a field that is given twice, the last one counts.
    void beginChoices() {
        pieces.clear();
        elements = 0;
        before = others.size();
        arrays++;
    }

    /// Adds an element of the choices that is no object.
    void addElement() {
        elements++;
    }

    Piece addPiece() {
        var piece = new Piece();
        pieces.add(piece);
        elements++;
        return piece;
    }

    /// Notes that the chunk says nothing but this.
    void onlyText(ChunkText text) {
        onlyText = text;
    }

    /// The chunk's only text, if it can be the like of others; else null.
    @Nullable ChunkText onlyText() {
        return onlyText;
    }

    byte[] head() {
        return head;
    }

    /// Whether these fields are all that the chunk says of what was not said by `known`, a chunk
    /// whose fields before the choices still hold.
    @SuppressWarnings("ReferenceEquality") // Equal bytes of another chunk have not been looked at.
    boolean goOnFrom(byte @Nullable [] known) {
        return whole || head == known;
    }

    /// The fields beside the choices, and choices that are none.
    List<Field> others() {
        return others;
    }

    List<Piece> pieces() {
        return pieces;
    }

    /// The only choice, where there is one and it is told once; else null.
    @Nullable Piece onlyPiece() {
        return arrays == 1 && elements == 1 && pieces.size() == 1 && pieces.getFirst().plain()
                ? pieces.getFirst()
                : null;
    }

    /// Whether nothing behind the choices says something else of a field before them, which then
    /// are the same in the next chunk.
    boolean leaveTheirHeadAlone() {
        for (int i = 0; i < others.size(); i++) {
            var name = others.get(i).name;
            boolean noise = name.equals(ChunkPattern.NOISE);
            boolean leaves =
                    i < before ? !noise && !name.equals("choices") : noise || name.equals("usage");
            if (!leaves) {
                return false;
            }
        }
        return arrays == 1;
    }

    /// A field of a chunk.
    ///
    /// @param text its value, where that is a string of one of the texts of a delta
    record Field(String name, Value value, @Nullable String text) {

        /// The field `name`, whose value `tokens` stand on; moves them to its end.
        static Field of(String name, JsonTokens tokens, byte[] json) {
            int from = tokens.start();
            return new Field(name, new Value(json, from, tokens.end()), null);
        }

        /// Adds this to `fields`, in place of one of its name. Returns whether there was one.
        private boolean addTo(List<Field> fields) {
            boolean doubled = fields.removeIf(field -> field.name.equals(name));
            fields.add(this);
            return doubled;
        }
    }

    /// What a chunk says of one choice.
    static final class Piece {
        private int index;
        private boolean odd;
        private int deltas;
        private final List<Field> fields = new ArrayList<>(4);
        private final List<Field> delta = new ArrayList<>(4);

        void readIndex(JsonTokens tokens) {
            odd |= !tokens.isInt();
            index = tokens.isInt() ? (int) tokens.integer() : 0;
            tokens.skipChildren();
        }

        void beginDelta(JsonToken value) {
            odd |= value != JsonToken.START_OBJECT;
            delta.clear();
            deltas++;
        }

        void add(Field field) {
            field.addTo(fields);
        }

        void addToDelta(Field field) {
            odd |= field.addTo(delta);
        }

        /// Whether it has one delta and tells nothing in it twice.
        private boolean plain() {
            return !odd && deltas == 1;
        }

        int index() {
            return index;
        }

        List<Field> fields() {
            return fields;
        }

        List<Field> delta() {
            return delta;
        }
    }
}
