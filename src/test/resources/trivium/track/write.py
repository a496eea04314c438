"""Writes events.out.tfevents.tensorboard as TensorBoard's own writer does; see README.md."""
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_FLOAT, DT_STRING
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo
from tensorboard.summary.writer.record_writer import RecordWriter

events = [Event(wall_time=1.7e9, file_version="brain.Event:2")]
start = HParamsPluginData(session_start_info=SessionStartInfo(start_time_secs=1.7e9))
start.session_start_info.hparams["learning_rate"].number_value = 0.003
start.session_start_info.hparams["optimizer"].string_value = "AdamW"
start.session_start_info.hparams["nesterov"].bool_value = True
metadata = SummaryMetadata(data_class=2)
metadata.plugin_data.plugin_name = "hparams"
metadata.plugin_data.content = start.SerializeToString(deterministic=True)
nothing = TensorProto(dtype=DT_FLOAT, tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=0)]))
events.append(Event(wall_time=1.7e9, summary=Summary(
    value=[Summary.Value(tag="_hparams_/session_start_info", metadata=metadata, tensor=nothing)])))
metadata = SummaryMetadata(data_class=2)
metadata.plugin_data.plugin_name = "text"
text = TensorProto(dtype=DT_STRING, string_val=["**grüße**".encode()])
events.append(Event(wall_time=1.7e9, summary=Summary(value=[Summary.Value(tag="card", metadata=metadata, tensor=text)])))
for step in (1, 2, 3, 200, 70_000):
    values = [Summary.Value(tag="loss", simple_value=5.5 / step), Summary.Value(tag="eval/reward", simple_value=-step)]
    events.append(Event(wall_time=1.7e9 + step, step=step, summary=Summary(value=values)))
events.append(Event(wall_time=1.7e9 + 9, step=3, session_log=SessionLog(status=SessionLog.START)))
with open("events.out.tfevents.tensorboard", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString(deterministic=True))
