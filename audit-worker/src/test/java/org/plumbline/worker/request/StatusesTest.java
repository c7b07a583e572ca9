package org.plumbline.worker.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.EnumMap;
import java.util.Map;

class StatusesTest {
    private static final Map<ErrorCode, Status.Code> EXPECTED =
            new EnumMap<>(
                    Map.ofEntries(
                            Map.entry(ErrorCode.INVALID_ARGUMENT, Status.Code.INVALID_ARGUMENT),
                            Map.entry(ErrorCode.BAD_ARCHIVE, Status.Code.INVALID_ARGUMENT),
                            Map.entry(ErrorCode.BAD_DATA, Status.Code.INVALID_ARGUMENT),
                            Map.entry(ErrorCode.LAYER_NOT_TAPPABLE, Status.Code.INVALID_ARGUMENT),
                            Map.entry(ErrorCode.NOT_FOUND, Status.Code.NOT_FOUND),
                            Map.entry(ErrorCode.ALREADY_EXISTS, Status.Code.ALREADY_EXISTS),
                            Map.entry(
                                    ErrorCode.FAILED_PRECONDITION, Status.Code.FAILED_PRECONDITION),
                            Map.entry(ErrorCode.RESOURCE_EXHAUSTED, Status.Code.RESOURCE_EXHAUSTED),
                            Map.entry(ErrorCode.UNAVAILABLE, Status.Code.UNAVAILABLE),
                            Map.entry(ErrorCode.CANCELLED, Status.Code.CANCELLED),
                            Map.entry(ErrorCode.INTERNAL, Status.Code.INTERNAL)));

    @ParameterizedTest
    @EnumSource
    void everyCodeHasItsStatusAndAnErrorInfo(ErrorCode code) throws Exception {
        StatusRuntimeException status = Statuses.of(new AuditException(code, "what"));
        assertThat(status.getStatus().getCode()).isEqualTo(EXPECTED.get(code));
        ErrorInfo info = StatusProto.fromThrowable(status).getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo(code.name());
        assertThat(info.getDomain()).isEqualTo("plumbline.org");
    }

    @Test
    void everyFieldOfABadRequestIsAViolation() throws InvalidProtocolBufferException {
        StatusRuntimeException status =
                Statuses.of(
                        new AuditException(
                                ErrorCode.BAD_DATA,
                                "labels: 7 (expected: 0 to 6; or less); split.npy: x (expected: y)"));
        BadRequest request =
                StatusProto.fromThrowable(status).getDetails(1).unpack(BadRequest.class);
        assertThat(request.getFieldViolationsList())
                .extracting(
                        BadRequest.FieldViolation::getField,
                        BadRequest.FieldViolation::getDescription)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "labels", "7 (expected: 0 to 6; or less)"),
                        org.assertj.core.groups.Tuple.tuple("split.npy", "x (expected: y)"));
    }

    @Test
    void defectsAreToldWithoutTheirInsides() {
        StatusRuntimeException status = Statuses.of(new IllegalStateException("secret"));
        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status).hasMessageNotContaining("secret");
    }

    @Test
    void wrongValuesAreTheCallersAndStatusesPassThrough() {
        assertThat(Statuses.of(new IllegalArgumentException("a: 1 (expected: 2)")).getStatus())
                .extracting(Status::getCode)
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        StatusRuntimeException given = Status.ABORTED.asRuntimeException();
        assertThat(Statuses.of(given)).isSameAs(given);
    }
}
